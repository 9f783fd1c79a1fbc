// Places and times as scenes name them, for people to read.
import { both } from '$lib/i18n/index.svelte'

const EN_TIMES: Record<string, string> = { dawn: 'Dawn', morning: 'Morning', noon: 'Noon', afternoon: 'Afternoon', dusk: 'Dusk', night: 'Night' }
const ZH_TIMES: Record<string, string> = { dawn: '黎明', morning: '早晨', noon: '中午', afternoon: '下午', dusk: '黄昏', night: '夜晚' }
const ZH_PLACES: Record<string, string> = {
  garden: '花园', moon: '月球', space: '太空', forest: '森林', sea: '大海', market: '集市', room: '房间', meadow: '草地',
  desert: '沙漠', underwater: '水下', castle: '城堡', 'castle hall': '大殿', village: '村庄', street: '街道', mountain: '山间',
  beach: '海滩', snow: '雪原', river: '河边', lake: '湖边', sky: '天空', cave: '山洞', abstract: '意象', bedroom: '卧室',
  kitchen: '厨房', office: '办公室', library: '图书馆', school: '教室', hospital: '医院', park: '公园', farm: '农场',
  jungle: '丛林', 'bamboo grove': '竹林', station: '车站', planet: '星球', lighthouse: '灯塔', harbour: '港口', ruin: '废墟', train: '车厢',
  ship: '甲板', courtyard: '院子', 'rice field': '稻田', workshop: '作坊', shop: '商店', temple: '寺庙', bridge: '桥上', road: '路上',
} // prettier-ignore

const PLACES = Object.keys(ZH_PLACES)
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

export const words = both(
  {
    place: capital,
    /** Each with its name, by name. */
    places: PLACES.map((place) => [place, capital(place)] as const).toSorted((a, b) => a[1].localeCompare(b[1])),
    time: (time: string) => EN_TIMES[time] ?? capital(time),
  },
  {
    place: (place: string) => ZH_PLACES[place] ?? place,
    places: PLACES.map((place) => [place, ZH_PLACES[place] ?? place] as const),
    time: (time: string) => ZH_TIMES[time] ?? time,
  },
)

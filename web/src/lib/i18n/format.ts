// Numbers, times and lengths as the reader's language writes them.
import { language } from './index.svelte'

/** Seconds as a clock shows them: 98.4 → 1:38, with tenths on request 1:38.4. */
export function clock(seconds: number, tenths = false): string {
  const units = tenths ? Math.round(seconds * 10) / 10 : Math.round(seconds)
  const [hours, minutes] = [Math.floor(units / 3600), Math.floor(units / 60) % 60]
  const rest = (units % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, '0')
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** A short while in words: 4.8s, 4.8秒. */
export function seconds(length: number): string {
  const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return new Intl.NumberFormat(language.tag, { style: 'unit', unit: 'second', unitDisplay: 'narrow', ...one }).format(length)
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** How long ago it was: “2 minutes ago”, “昨天”. */
export function ago(moment: string, now = Date.now()): string {
  const seconds = (new Date(moment).getTime() - now) / 1000
  const format = new Intl.RelativeTimeFormat(language.tag, { numeric: 'auto', style: 'short' })
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit)
  }
  return format.format(Math.min(0, Math.round(seconds)), 'second')
}

export function number(value: number): string {
  return new Intl.NumberFormat(language.tag).format(value)
}

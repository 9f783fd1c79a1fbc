// What of a storyboard can be changed, and how the change shows before the server has answered.
import type { Shot } from '$lib/api/client'
import type { components } from '$lib/api/schema'

/** What a list of shots becomes, shown before the server has answered. */
export type Change = (shots: Shot[]) => Shot[]
type Scene = components['schemas']['SceneChanges']
/** What of a shot can be edited; an empty style or voice is the project's. */
export type Edit = Partial<Pick<Shot, 'prompt' | 'narration' | 'transition' | 'take'>> & {
  style?: NonNullable<Shot['style']> | ''
  voice?: string
  scene?: Partial<Scene>
}

export function edited(shot: Shot, { style, voice, scene, ...words }: Edit): Shot {
  const own = { style: style === undefined ? shot.style : style || null, voice: voice === undefined ? shot.voice : voice || null }
  return { ...shot, ...words, ...own, scene: scene ? { ...shot.scene, ...scene } : shot.scene }
}

export function inOrder(shots: Shot[], ids: string[]): Shot[] {
  const places = new Map(ids.map((id, place) => [id, place]))
  const place = (shot: Shot) => places.get(shot.id) ?? shot.order
  return shots.toSorted((a, b) => place(a) - place(b)).map((shot, order) => ({ ...shot, order }))
}

// How long each shot is seen: read as the film's timeline, and read again soon after what it follows from has changed.
import { createQuery } from '@tanstack/svelte-query'
import type { Shot } from '$lib/api/client'
import { type Clip, asked } from '../preview/queries'

/** Many voices made in a row are one change. */
const SOON_MS = 800

/** To be called while a page is set up. `clips` are by their shots' ids; `duration` is the film's, in seconds. */
export function pacing(project: string, shots: () => Shot[]) {
  const timeline = createQuery(() => ({ ...asked.timeline(project, undefined), enabled: shots().length > 0 }))
  const clips = $derived(new Map(timeline.data?.clips.filter((clip) => clip.card === null).map((clip) => [clip.shot_id, clip])))
  const reasons = $derived(shots().map(reason).join('\n'))
  let seen = ''
  let waiting: ReturnType<typeof setTimeout> | undefined

  $effect(() => {
    const now = reasons
    if (seen && now && now !== seen) waiting ??= setTimeout(again, SOON_MS)
    seen = now
  })
  $effect(() => () => clearTimeout(waiting))
  function again(): void {
    waiting = undefined
    void timeline.refetch()
  }
  return {
    get clips(): Map<string, Clip> {
      return clips
    },
    get duration(): number | undefined {
      return timeline.data?.duration
    },
  }
}

/** What a shot's length follows from; a link's signature is another one each time. */
function reason({ id, narration, narration_url, transition }: Shot): string {
  return [id, narration, narration_url?.split('?')[0], transition].join('\t')
}

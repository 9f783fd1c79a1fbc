// Which shots a storyboard shows.
import type { Shot } from '$lib/api/client'

export type Filter = 'all' | Shot['status']

export function kept(shots: Shot[], filter: Filter): Shot[] {
  return filter === 'all' ? shots : shots.filter((shot) => shot.status === filter)
}

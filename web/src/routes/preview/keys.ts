// The preview's keys, as the `?` sheet lists them: those of editing desks.
import type { Shortcut } from '$lib/state/keys.svelte'
import type { words } from '$words/preview'
import type { Player } from './player.svelte'

type Labels = (typeof words)['en']['keys']
type Doing = { stepped: (by: number) => void; fullscreen: () => void }

export function playerKeys(player: Player, labels: Labels, { stepped, fullscreen }: Doing): Shortcut[] {
  const by = (seconds: number) => player.seek(player.time + seconds)
  return [
    { keys: [' '], label: labels.play, run: () => player.toggle() },
    { keys: ['j'], label: labels.back, run: () => player.shuttle(-1) },
    { keys: ['k'], label: labels.stop, run: () => player.stop() },
    { keys: ['l'], label: labels.forward, run: () => player.shuttle(1) },
    { keys: [','], label: labels.frameBack, run: () => player.frame(-1) },
    { keys: ['.'], label: labels.frameOn, run: () => player.frame(1) },
    { keys: ['ArrowLeft', 'ArrowRight'], label: labels.second, run: (event) => by(event.key === 'ArrowLeft' ? -1 : 1) },
    { keys: ['ArrowUp', 'ArrowDown'], label: labels.shot, run: (event) => stepped(event.key === 'ArrowUp' ? -1 : 1) },
    { keys: ['Home', 'End'], label: labels.ends, run: (event) => player.seek(event.key === 'Home' ? 0 : player.duration) },
    { keys: ['f'], label: labels.full, run: fullscreen },
    { keys: ['m'], label: labels.mute, run: () => void (player.muted = !player.muted) },
    { keys: ['c'], label: labels.captions, run: () => void (player.captions = !player.captions) },
  ]
}

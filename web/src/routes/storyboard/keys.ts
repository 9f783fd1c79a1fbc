// The storyboard's keys, as the `?` sheet lists them.
import type { Shot } from '$lib/api/client'
import type { Shortcut } from '$lib/state/keys.svelte'
import type { words } from '$words/storyboard'
import type { Board } from './board.svelte'

type Row = { step: (by: number, event: { altKey: boolean; shiftKey: boolean }) => void; perRow: () => number }
type Here = { shots: Shot[]; shot: Shot | undefined; row: () => Row | undefined; opened: (shot: Shot) => void }
type Labels = (typeof words)['en']['keys']

const STEPS: Record<string, (row: Row) => number> = {
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
  ArrowDown: (row) => row.perRow(),
  ArrowUp: (row) => -row.perRow(),
  Home: () => -1_000_000,
  End: () => 1_000_000,
}
const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']

export function boardKeys(board: Board, labels: Labels, { shots, shot, row, opened }: Here): Shortcut[] {
  const step = (event: KeyboardEvent) => {
    const there = row()
    if (there) there.step(STEPS[event.key]?.(there) ?? 0, event)
  }
  const withShot = (then: (shot: Shot) => unknown) => () => void (shot && then(shot))
  const many = () => (board.selection.length ? board.selection : shot ? [shot] : [])
  const before = (modifier: string) => (key: string) => `${modifier}+${key}`
  return [
    { keys: ARROWS, label: labels.select, run: step },
    { keys: ARROWS.map(before('Shift')), label: labels.extend, run: step },
    { keys: [...ARROWS, 'Home', 'End'].map(before('Alt')), label: labels.move, run: step },
    { keys: ['Home', 'End', 'Shift+Home', 'Shift+End'], label: labels.ends, run: step },
    { keys: ['Mod+a'], label: labels.all, run: () => board.choose(shots.map((one) => one.id)) },
    { keys: ['Escape'], label: labels.one, run: withShot((one) => board.select(one.id)) },
    { keys: ['Enter'], label: labels.open, run: withShot(opened) },
    { keys: ['n'], label: labels.insert, run: withShot((one) => board.insert(one)) },
    { keys: ['d'], label: labels.duplicate, run: withShot((one) => board.duplicate(one)) },
    { keys: ['Delete', 'Backspace'], label: labels.remove, run: () => board.remove(many()) },
    { keys: ['i'], label: labels.image, run: () => void board.making.generate('image', many()) },
    { keys: ['u'], label: labels.voice, run: () => void board.making.generate('narration', many()) },
    { keys: ['v'], label: labels.video, run: () => void board.making.generate('video', many()) },
    { keys: ['Mod+z'], label: labels.undo, run: () => void board.history.undo() },
    { keys: ['Mod+Shift+z', 'Mod+y'], label: labels.redo, run: () => void board.history.redo() },
  ]
}

// The undo stack of each project that was opened in this tab.
import { untrack } from 'svelte'
import { reason } from '../i18n/reason'
import { toasts } from './toasts.svelte'
import { UndoStack } from './undo.svelte'

const stacks = new Map<string, UndoStack>()

/** What was done to this project, to be taken back; a step that fails says so in a toast. */
export function historyOf(project: string): UndoStack {
  // Untracked: state that is made where it is first read would not be followed by who read it.
  const known = stacks.get(project) ?? untrack(() => new UndoStack(complain))
  stacks.set(project, known)
  return known
}

/** Says in a toast what went wrong. */
export function complain(error: unknown): void {
  toasts.show({ tone: 'bad', text: reason(error) })
}

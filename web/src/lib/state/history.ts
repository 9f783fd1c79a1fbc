// The undo stack of each project that was opened in this tab.
import { untrack } from 'svelte'
import { words } from '$words/common'
import { ApiError } from '../api/client'
import { say } from '../i18n/index.svelte'
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

/** Says in a toast what went wrong, as the server or the browser put it. */
export function complain(error: unknown): void {
  const t = say(words)
  const unreachable = error instanceof ApiError && error.status === 0
  toasts.show({ tone: 'bad', text: unreachable ? t.unreachable : error instanceof Error ? error.message : String(error) })
}

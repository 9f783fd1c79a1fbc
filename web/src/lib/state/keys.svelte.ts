// Keyboard shortcuts: pages say what their keys do, one listener runs them, and the sheet shows them.
import { untrack } from 'svelte'

export type Shortcut = {
  /** As `KeyboardEvent.key` has them, after `Mod+` (Ctrl or ⌘), `Alt+`, `Shift+`; `Shift+` only for keys that are no sign. */
  keys: string[]
  label: string
  run: (event: KeyboardEvent) => void
  /** Also while a text is being written. */
  inText?: boolean
}
export type Group = { title: string; shortcuts: Shortcut[] }

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform)
const SHOWN: Record<string, string> = {
  Mod: APPLE ? '⌘' : 'Ctrl',
  Alt: APPLE ? '⌥' : 'Alt',
  Shift: '⇧',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': 'Space',
  Delete: 'Del',
}

/** The parts of a shortcut as key caps show them. */
export function caps(keys: string): string[] {
  const parts = keys.endsWith('+') ? [...keys.slice(0, -1).split('+').filter(Boolean), '+'] : keys.split('+')
  return parts.map((part) => SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part))
}

/** The event in the form that `Shortcut.keys` has. */
export function chord(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const sign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase()
  const shift = event.shiftKey && !(sign && event.key !== ' ')
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return [event.ctrlKey || event.metaKey ? 'Mod' : '', event.altKey ? 'Alt' : '', shift ? 'Shift' : '', key].filter(Boolean).join('+')
}

/** What a field does itself with this key: text takes all of them, a slider those that move it. */
export function takes(field: Pick<HTMLElement, 'tagName' | 'isContentEditable'> & { type?: string }, key: string): boolean {
  if (field.isContentEditable || /^(TEXTAREA|SELECT)$/.test(field.tagName)) return true
  if (field.tagName !== 'INPUT') return false
  if (field.type === 'range') return /^(Arrow|Home|End|Page)/.test(key)
  if (field.type === 'checkbox' || field.type === 'radio') return /^(Arrow| )/.test(key)
  return true
}

class Keys {
  groups = $state.raw<Group[]>([])
  sheet = $state(false)

  /** Add a page's shortcuts; call it in an $effect, which takes them away with what it returns. */
  add(group: Group): () => void {
    // Untracked: an effect that adds must not run again because something was added.
    untrack(() => (this.groups = [...this.groups, group]))
    return () => untrack(() => (this.groups = this.groups.filter((other) => other !== group)))
  }

  /** For the window's keydown. The latest group that knows the keys has them; a dialog or menu has all keys to itself. */
  press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open], :popover-open')) return
    const target = event.target as HTMLElement
    // A button that somebody went to with keys is pressed by these, whatever else they mean on the page.
    if (/^(Enter| )$/.test(event.key) && target.closest('button:focus-visible, a:focus-visible')) return
    const taken = takes(target, event.key)
    const pressed = chord(event)
    for (const { shortcuts } of this.groups.toReversed()) {
      const found = shortcuts.find((shortcut) => shortcut.keys.includes(pressed) && (!taken || shortcut.inText))
      if (!found) continue
      event.preventDefault()
      found.run(event)
      return
    }
  }
}

export const keyboard = new Keys()

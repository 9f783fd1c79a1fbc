import { beforeAll, expect, test, vi } from 'vitest'

let keys: typeof import('./keys.svelte')
const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }

beforeAll(async () => {
  vi.stubGlobal('navigator', { platform: 'Linux x86_64' })
  keys = await import('./keys.svelte')
})

test('a key press has one name on every keyboard', () => {
  const { chord } = keys
  expect(chord({ ...NONE, key: '?', shiftKey: true })).toBe('?')
  expect(chord({ ...NONE, key: 'Z', ctrlKey: true, shiftKey: true })).toBe('Mod+Shift+z')
  expect(chord({ ...NONE, key: 'z', metaKey: true })).toBe('Mod+z')
  expect(chord({ ...NONE, key: 'ArrowLeft', altKey: true })).toBe('Alt+ArrowLeft')
  expect(chord({ ...NONE, key: ' ', shiftKey: true })).toBe('Shift+ ')
})

test('the sheet shows keys as keyboards do', () => {
  expect(keys.caps('Mod+Shift+z')).toEqual(['Ctrl', '⇧', 'Z'])
  expect(keys.caps('+')).toEqual(['+'])
  expect(keys.caps(' ')).toEqual(['Space'])
})

test('a field keeps the keys that it needs, and no others', () => {
  const { takes } = keys
  const input = (type: string) => ({ tagName: 'INPUT', isContentEditable: false, type })
  for (const key of ['j', ' ', 'ArrowLeft']) expect([takes(input('text'), key), takes({ tagName: 'SELECT', isContentEditable: false }, key)]).toEqual([true, true])
  expect(['j', ' ', 'ArrowLeft', 'Home'].map((key) => takes(input('range'), key))).toEqual([false, false, true, true])
  expect(['j', ' ', 'ArrowDown'].map((key) => takes(input('checkbox'), key))).toEqual([false, true, true])
  expect(takes({ tagName: 'BUTTON', isContentEditable: false }, 'j')).toBe(false)
})

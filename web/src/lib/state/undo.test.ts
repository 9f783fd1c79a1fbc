import { expect, test } from 'vitest'
import { UndoStack } from './undo.svelte'

/** A value on a server, and edits of it. */
function edited() {
  const server = { text: 'a' }
  const edit = (to: string, merge?: string) => {
    const before = server.text
    const set = (text: string) => async () => void (server.text = text)
    return { label: to, merge, run: set(to), undo: set(before) }
  }
  return { server, edit }
}

test('undo and redo go back and forth, and a new edit forgets what was undone', async () => {
  const { server, edit } = edited()
  const stack = new UndoStack()
  await stack.do(edit('b'))
  await stack.do(edit('c'))
  await stack.undo()
  await stack.undo()
  expect(server.text).toBe('a')
  expect(stack.undoable).toBeUndefined()
  await stack.redo()
  expect(server.text).toBe('b')
  expect(stack.redoable?.label).toBe('c')
  await stack.do(edit('d'))
  expect(stack.redoable).toBeUndefined()
})

test('typing merges into one step until there is a pause or another field', async () => {
  const { server, edit } = edited()
  let now = 0
  const stack = new UndoStack(() => {}, () => now)
  await stack.do(edit('ab', 'prompt'))
  await stack.do(edit('abc', 'prompt'))
  now += 5000
  await stack.do(edit('abcd', 'prompt'))
  await stack.undo()
  expect(server.text).toBe('abc')
  await stack.undo()
  expect(server.text).toBe('a')
})

test('what fails is not on the stack, is reported, and does not block what follows', async () => {
  const { server, edit } = edited()
  const heard: unknown[] = []
  const stack = new UndoStack((error) => heard.push(error))
  const refused = new Error('409')
  expect(await stack.do({ ...edit('b'), run: () => Promise.reject(refused) })).toBe(false)
  expect(stack.undoable).toBeUndefined()
  expect(await stack.do(edit('c'))).toBe(true)
  expect([server.text, heard]).toEqual(['c', [refused]])
})

test('steps run one after the other, whatever the haste', async () => {
  const order: string[] = []
  const slow = (name: string) => ({
    label: name,
    run: () => new Promise((done) => setTimeout(() => done(order.push(name)), 5)),
    undo: async () => void order.push(`un${name}`),
  })
  const stack = new UndoStack()
  void stack.do(slow('a'))
  void stack.do(slow('b'))
  await stack.undo()
  expect(order).toEqual(['a', 'b', 'unb'])
})

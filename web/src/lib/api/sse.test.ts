import { expect, test } from 'vitest'
import { SseParser } from './sse'

const STREAM = 'id: 7\nevent: shot\ndata: {"a":\ndata: 1}\n\n: still here\n\nevent: task\ndata:{}\n\n'
const FRAMES = [
  { id: '7', event: 'shot', data: '{"a":\n1}' },
  { id: '7', event: 'task', data: '{}' },
]

test.each(['\n', '\r\n', '\r'])('takes streams with any line ending (%j) apart, in whatever pieces they come', (ending) => {
  const text = STREAM.replaceAll('\n', ending)
  for (let cut = 0; cut <= text.length; cut++) {
    const parser = new SseParser()
    const frames = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut)), ...parser.push('x')]
    expect(frames).toEqual(FRAMES)
  }
})

test('a frame that was cut off by a broken line is forgotten, where to go on is not', () => {
  const parser = new SseParser()
  parser.push('id: 3\ndata: whole\n\nid: 4\ndata: ha')
  parser.reset()
  expect(parser.push('data: next\n\n')).toEqual([{ id: '3', event: 'message', data: 'next' }])
})

import { expect, test } from 'vitest'
import { amount, languageOf, titleOf } from './counting'

test.each([
  ['', 0, 0, 0],
  ['A kid walks on the moon.', 6, 0, 1],
  ['“Stop!” she said. He didn’t…\n\nThen well-known Mr Fox came', 10, 0, 4],
  ['很久以前，有一只狐狸。“别难过！”猫头鹰说。', 0, 16, 3],
  ['# The Fox\n\nHe ran. 他跑了。', 4, 3, 3],
])('%j is so much', (story, words, han, sentences) => {
  expect(amount(story)).toMatchObject({ words, han, sentences })
})

test('a story of 300 words is about two minutes, in either language', () => {
  expect(amount('one two three four five six seven eight nine ten. '.repeat(30)).seconds / 60).toBeCloseTo(2.2, 0)
  expect(amount('一二三四五六七八九十。'.repeat(50)).seconds / 60).toBeCloseTo(2.2, 0)
  expect(languageOf(amount('他叫 Tom，喜欢狐狸。'))).toBe('zh')
})

test('a story without a title lends its beginning', () => {
  expect(titleOf('# The Fox\n\nHe ran.')).toBe('The Fox')
  expect(titleOf('A fox ran. And ran.')).toBe('A fox ran')
  expect(titleOf('很久以前，有一只狐狸。他跑了。')).toBe('很久以前，有一只狐狸')
  expect(titleOf(`${'word '.repeat(40)}.`)).toMatch(/^(word )+word…$/)
  expect(titleOf('  ')).toBe('')
})

// How much a story is: words, sentences, and how long the film of it will be.

const HAN = /\p{Script=Han}/gu
const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’\-]*/gu
const SENTENCE = /[.!?…]+["'”’)\]]*(?=\s|$)|[。！？…]+[”’」』）]*|\n(?=\s*\S)/gu
/** What the built-in voices speak in a second, and are silent after a sentence; measured on the example stories. */
const WORDS_PER_SECOND = 2.6
const HAN_PER_SECOND = 4.3
const PAUSE_SECONDS = 0.5

export type Amount = { words: number; han: number; sentences: number; seconds: number }

export function amount(story: string): Amount {
  const text = story.trim()
  const han = text.match(HAN)?.length ?? 0
  const words = text.replace(HAN, ' ').match(WORD)?.length ?? 0
  // A line's end closes a sentence only when nothing else has closed it.
  const sentences = text.split(SENTENCE).filter((part) => /[\p{L}\p{N}]/u.test(part)).length
  return { words, han, sentences, seconds: words / WORDS_PER_SECOND + han / HAN_PER_SECOND + sentences * PAUSE_SECONDS }
}

/** The language that a story looks to be in. */
export function languageOf({ words, han }: Amount): 'en' | 'zh' {
  return han > words ? 'zh' : 'en'
}

const TITLE_CHARACTERS = 60

/** A title for a story without one: its heading, or how it begins. */
export function titleOf(story: string): string {
  const line = story.trim().split('\n', 1)[0]?.replace(/^#+\s*/, '').trim() ?? ''
  const first = line.split(/(?<=[.!?。！？])/u, 1)[0] ?? ''
  const bare = first.replace(/[.。,，]$/u, '')
  if (bare.length <= TITLE_CHARACTERS) return bare
  const cut = bare.slice(0, TITLE_CHARACTERS)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), TITLE_CHARACTERS / 2)).trim()}…`
}

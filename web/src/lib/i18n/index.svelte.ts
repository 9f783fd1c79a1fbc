// The language of the page: which one, switching it, and the form that every file in src/words has.

export type Locale = 'en' | 'zh'

/** A page's words in both languages; a key that one of them lacks does not compile. */
export type Words<T> = { en: T; zh: T }

export function both<T>(en: T, zh: NoInfer<T>): Words<T> {
  return { en, zh }
}

const KEPT = 'storyreel.language'
const TAGS: Record<Locale, string> = { en: 'en', zh: 'zh-Hans' }

function preferred(): Locale {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'en' || kept === 'zh') return kept
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

class Language {
  locale = $state<Locale>(preferred())

  constructor() {
    document.documentElement.lang = TAGS[this.locale]
  }

  get tag(): string {
    return TAGS[this.locale]
  }

  use(locale: Locale): void {
    this.locale = locale
    localStorage.setItem(KEPT, locale)
    document.documentElement.lang = TAGS[locale]
  }
}

export const language = new Language()

/** The words to show now; read it where it is rendered (or in $derived), so that a switch shows at once. */
export function say<T>(words: Words<T>): T {
  return words[language.locale]
}

// Stories to begin with, written for this studio; one set per language.
import type { Locale } from '../i18n/index.svelte'
import en from './en.json'
import zh from './zh.json'

export type Example = { id: string; title: string; style: 'Cinematic' | 'Anime' | 'Realistic'; text: string }

const STORIES: Record<Locale, Example[]> = { en: en as Example[], zh: zh as Example[] }

export const stories = (locale: Locale): Example[] => STORIES[locale]

/** The example of that id, in the language asked for. */
export function story(locale: Locale, id: string | null): Example | undefined {
  return STORIES[locale].find((example) => example.id === id)
}

// What is being written on the Create page; it survives a reload, and is gone once the film is begun.
import type { NewProject } from '$lib/api/client'
import type { Choices } from './choices'

const KEPT = 'storyreel.draft'
const WRITTEN_AFTER_MS = 300

export class Draft {
  title = $state('')
  story = $state('')
  choices = $state<Choices>({ style: 'Cinematic', aspect: '16:9', language: 'auto', voice: null, resolution: '720p', engines: {} })
  music = $state(true)
  #waiting: ReturnType<typeof setTimeout> | undefined

  constructor() {
    try {
      const { title, story, choices, music } = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Draft>
      if (typeof title === 'string') this.title = title
      if (typeof story === 'string') this.story = story
      if (typeof choices === 'object') this.choices = { ...this.choices, ...choices }
      if (typeof music === 'boolean') this.music = music
    } catch {
      // Another version's draft: begin anew.
      localStorage.removeItem(KEPT)
    }
  }

  get empty(): boolean {
    return !this.title && !this.story
  }

  /** Call it in an $effect: it reads every field, so that the draft is kept whenever one changes. */
  keep(): void {
    const text = JSON.stringify({ title: this.title, story: this.story, choices: this.choices, music: this.music })
    clearTimeout(this.#waiting)
    this.#waiting = setTimeout(() => this.#write(text), WRITTEN_AFTER_MS)
  }

  /** Without the waiting, for when the page is left. */
  flush(): void {
    clearTimeout(this.#waiting)
    this.#write(JSON.stringify({ title: this.title, story: this.story, choices: this.choices, music: this.music }))
  }

  clear(): void {
    this.title = ''
    this.story = ''
  }

  body(title: string): NewProject {
    return { title, story_text: this.story, ...this.choices }
  }

  #write(text: string): void {
    if (this.empty) localStorage.removeItem(KEPT)
    else localStorage.setItem(KEPT, text)
  }
}

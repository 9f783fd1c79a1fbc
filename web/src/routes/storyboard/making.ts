// What is made of a storyboard: pictures, clips, voices, the whole film; begun, tried again, stopped.
import type { QueryClient } from '@tanstack/svelte-query'
import { type Shot, api, ok } from '$lib/api/client'
import { keys } from '$lib/api/queries'
import { complain } from '$lib/state/history'

type Part = 'image' | 'video' | 'narration'
const PATHS = {
  image: '/api/shots/{shot_id}/generate_image',
  video: '/api/shots/{shot_id}/generate_video',
  narration: '/api/shots/{shot_id}/generate_narration',
} as const

export class Making {
  constructor(
    private readonly client: QueryClient,
    private readonly project_id: string,
  ) {}

  /** Makes a part of each shot anew. */
  async generate(part: Part, shots: Shot[]): Promise<void> {
    const begin = ({ id }: Shot) => ok(api.POST(PATHS[part], { params: { path: { shot_id: id } } }))
    await this.#start(() => Promise.all(shots.map(begin)))
  }

  async generateAll(): Promise<void> {
    await this.#start(() => ok(api.POST('/api/projects/{project_id}/generate_all', this.#project)))
  }

  /** Whether the film's making was begun. */
  async film(): Promise<boolean> {
    return this.#start(() => ok(api.POST('/api/projects/{project_id}/make_film', this.#project)))
  }

  async retry(task_id: string): Promise<void> {
    await this.#start(() => ok(api.POST('/api/tasks/{task_id}/retry', { params: { path: { task_id } } })))
  }

  async cancel(task_ids: string[]): Promise<void> {
    const stop = (task_id: string) => api.POST('/api/tasks/{task_id}/cancel', { params: { path: { task_id } } })
    // One that has ended meanwhile cannot be cancelled any more, which is as good.
    await this.#start(() => Promise.all(task_ids.map(stop)))
  }

  get #project() {
    return { params: { path: { project_id: this.project_id } } }
  }

  async #start(begin: () => Promise<unknown>): Promise<boolean> {
    try {
      await begin()
      await this.client.invalidateQueries({ queryKey: keys.tasks(this.project_id) })
      return true
    } catch (error) {
      complain(error)
      return false
    }
  }
}

// What is done to the characters; undo puts every field back.
import type { QueryClient } from '@tanstack/svelte-query'
import { type Project, api, ok } from '$lib/api/client'
import { keys } from '$lib/api/queries'
import type { components } from '$lib/api/schema'
import { say } from '$lib/i18n/index.svelte'
import { complain, historyOf } from '$lib/state/history'
import { toasts } from '$lib/state/toasts.svelte'
import { words } from '$words/cast'

export type Character = components['schemas']['CharacterView']
export type Changes = components['schemas']['CharacterChanges']

const ONE = '/api/projects/{project_id}/characters/{character_id}'

export class Casting {
  constructor(
    private readonly client: QueryClient,
    private readonly project_id: string,
  ) {}

  edit(member: Character, changes: Changes): Promise<boolean> {
    const fields = Object.keys(changes) as (keyof Changes)[]
    const before = Object.fromEntries(fields.map((field) => [field, member[field as keyof Character] ?? ''])) as Changes
    return historyOf(this.project_id).do({
      label: say(words).did,
      merge: `${member.id} ${fields.join()}`,
      run: () => this.#patch(member.id, changes),
      undo: () => this.#patch(member.id, before),
    })
  }

  async add(): Promise<void> {
    const path = { project_id: this.project_id }
    await this.#try(() => ok(api.POST('/api/projects/{project_id}/characters', { params: { path }, body: { name: say(words).newName } })))
  }

  async remove(member: Character): Promise<void> {
    await this.#try(() => ok(api.DELETE(ONE, { params: { path: this.#path(member.id) } })))
  }

  async merge(member: Character, into: string): Promise<void> {
    await this.#try(() => ok(api.POST(`${ONE}/merge`, { params: { path: this.#path(member.id) }, body: { into } })))
  }

  async draw(member: Character): Promise<void> {
    const begun = await this.#try(() => ok(api.POST(`${ONE}/generate_sheet`, { params: { path: this.#path(member.id) } })))
    if (begun) toasts.show({ tone: 'info', text: say(words).drawing })
  }

  async upload(member: Character, file: File): Promise<void> {
    await this.#try(async () => {
      const sent = { body: file as unknown as string, bodySerializer: (body: unknown) => body as BodyInit }
      const { url } = await ok(api.POST('/api/media', sent))
      if (url) await this.edit(member, { reference_url: url })
    })
  }

  #path(character_id: string) {
    return { project_id: this.project_id, character_id }
  }

  async #patch(character_id: string, body: Changes): Promise<void> {
    const project = await ok(api.PATCH(ONE, { params: { path: this.#path(character_id) }, body }))
    this.client.setQueryData<Project>(keys.project(this.project_id), project)
  }

  async #try(change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change()
      await this.client.invalidateQueries({ queryKey: keys.project(this.project_id) })
      await this.client.invalidateQueries({ queryKey: keys.storyboard(this.project_id) })
      return true
    } catch (error) {
      complain(error)
      return false
    }
  }
}

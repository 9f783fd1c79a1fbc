// What is selected on a storyboard, and every change of it: shown at once, sent to the server, undoable.
import type { QueryClient } from '@tanstack/svelte-query'
import { type Shot, api, ok } from '$lib/api/client'
import { ask, keys } from '$lib/api/queries'
import { say } from '$lib/i18n/index.svelte'
import { historyOf } from '$lib/state/history'
import type { Command, UndoStack } from '$lib/state/undo.svelte'
import { words } from '$words/storyboard'
import { type Change, type Edit, edited, inOrder } from './changes'
import { Making } from './making'

export class Board {
  /** The shot that the stage and the inspector show. */
  current = $state('')
  /** All that are selected; the current one is among them. */
  chosen = $state.raw<ReadonlySet<string>>(new Set())
  #anchor = ''
  /** The order that was last asked for, until the server has it: what is read meanwhile may be older. */
  #wanted = $state.raw<string[] | null>(null)

  readonly history: UndoStack
  readonly making: Making

  constructor(
    readonly client: QueryClient,
    readonly project: string,
  ) {
    this.history = historyOf(project)
    this.making = new Making(client, project)
  }

  /** The shots as they show now. */
  get shots(): Shot[] {
    return this.arranged(this.client.getQueryData<Shot[]>(keys.storyboard(this.project)) ?? [])
  }

  /** What was read, in the order that was asked for since. */
  arranged(shots: Shot[]): Shot[] {
    return this.#wanted ? inOrder(shots, this.#wanted) : shots
  }

  /** The chosen ones in the order of the film. */
  get selection(): Shot[] {
    return this.shots.filter((shot) => this.chosen.has(shot.id))
  }

  /** Keeps to shots that are there: the first one at first, a neighbour of what was deleted. */
  settle(shots: Shot[], last = 0): void {
    const there = new Set(shots.map((shot) => shot.id))
    if (!there.has(this.current)) this.select(shots[Math.min(last, shots.length - 1)]?.id ?? '')
    else if ([...this.chosen].some((id) => !there.has(id))) this.chosen = new Set([...this.chosen].filter((id) => there.has(id)))
  }

  select(id: string): void {
    this.current = this.#anchor = id
    this.chosen = new Set(id ? [id] : [])
  }

  toggle(id: string): void {
    const chosen = new Set(this.chosen)
    if (!chosen.delete(id)) chosen.add(id)
    else if (id === this.current) this.current = [...chosen].at(-1) ?? id
    if (chosen.has(id)) this.current = this.#anchor = id
    this.chosen = chosen.size ? chosen : new Set([id])
  }

  /** From where the selection began to this one. */
  extend(id: string, shots: Shot[]): void {
    const [from, to] = [this.#anchor, id].map((one) => shots.findIndex((shot) => shot.id === one)) as [number, number]
    this.current = id
    this.chosen = new Set(shots.slice(Math.min(from, to), Math.max(from, to) + 1).map((shot) => shot.id))
  }

  choose(ids: string[]): void {
    if (!ids.length) return
    this.chosen = new Set(ids)
    if (!this.chosen.has(this.current)) this.current = this.#anchor = ids[0] ?? ''
  }

  /** Puts the chosen shots, or the one dragged if it is not of them, to where the one at `to` stands. */
  move(id: string, to: number): void {
    const before = this.shots.map((shot) => shot.id)
    const moved = this.chosen.has(id) ? before.filter((one) => this.chosen.has(one)) : [id]
    const rest = before.filter((one) => !moved.includes(one))
    // So many of those left stand before the place: with one shot moved, that is where it lands.
    const at = Math.max(0, Math.min(rest.length, to - moved.filter((one) => one !== id && before.indexOf(one) < to).length))
    const after = [...rest.slice(0, at), ...moved, ...rest.slice(at)]
    if (after.every((one, index) => one === before[index])) return
    this.#wanted = after
    void this.history.do({
      label: say(words).did.move(moved.length),
      run: () => this.#place(after),
      undo: () => this.#place(before),
    })
  }

  edit(shot: Shot, changes: Edit): Promise<boolean> {
    const field = Object.keys(changes)[0] as keyof Edit
    return this.history.do({
      label: say(words).did.edit[field],
      merge: field === 'prompt' || field === 'narration' ? `${shot.id} ${field}` : undefined,
      ...this.#reversible(shot, () => this.#update(shot.id, changes)),
    })
  }

  /** A new shot after this one, or at the end. */
  insert(after?: Shot): void {
    const t = say(words)
    const params = { path: { project_id: this.project } }
    const place = () => (after ? this.#known(after).order + 1 : this.shots.length)
    const body = () => ({ prompt: t.newPrompt, order: place() })
    this.#add(t.did.insert, async () => (await ok(api.POST('/api/projects/{project_id}/shots', { params, body: body() }))).id)
  }

  duplicate(shot: Shot): void {
    const path = { shot_id: shot.id }
    this.#add(say(words).did.duplicate, async () => (await ok(api.POST('/api/shots/{shot_id}/duplicate', { params: { path } }))).id)
  }

  /** Two shots of one; the second says what stands from `at`, in characters as people count them. */
  split(shot: Shot, at: number): void {
    const request = { params: { path: { shot_id: shot.id } }, body: { at } }
    let parts: { first: Shot; second: Shot } | undefined
    void this.history.do({
      label: say(words).did.split,
      run: async () => {
        if (parts) {
          // The same shot again: what was done to it since can be done again, too.
          await this.#undelete([parts.second.id])
          await this.#revert(parts.first)
        } else {
          shot = this.#known(shot)
          parts = await ok(api.POST('/api/shots/{shot_id}/split', request))
        }
        await this.#reread()
        this.select(parts.second.id)
      },
      undo: async () => {
        if (parts) await this.#delete([parts.second.id])
        await this.#revert(shot)
        this.select(shot.id)
      },
    })
  }

  /** One shot of this one and the next. */
  join(shot: Shot): void {
    const second = this.shots[shot.order + 1]
    if (!second) return
    void this.history.do({
      label: say(words).did.join,
      run: async () => {
        shot = this.#known(shot)
        await ok(api.POST('/api/shots/{shot_id}/join', { params: { path: { shot_id: shot.id } } }))
        await this.#reread()
        this.select(shot.id)
      },
      undo: async () => {
        await this.#undelete([second.id])
        await this.#revert(shot)
      },
    })
  }

  remove(shots: Shot[]): void {
    const ids = shots.map((shot) => shot.id)
    void this.history.do({
      label: say(words).did.remove(ids.length),
      run: () => this.#delete(ids),
      undo: () => this.#undelete(ids),
    })
  }

  /** Goes back to a version, with the words that it was made from. */
  restore(shot: Shot, version: number): void {
    const request = { params: { path: { shot_id: shot.id } }, body: { version } }
    void this.history.do({
      label: say(words).did.restore,
      ...this.#reversible(shot, async () => this.#put(await ok(api.POST('/api/shots/{shot_id}/restore', request)))),
    })
  }

  /** Something that makes a shot; it is deleted by undo, and comes back by redo. */
  #add(label: string, begin: () => Promise<string>): void {
    let id = ''
    void this.history.do({
      label,
      run: async () => {
        if (id) await this.#undelete([id])
        else id = await begin()
        await this.#reread()
        this.select(id)
      },
      undo: () => this.#delete([id]),
    })
  }

  /** A change of one shot; undo goes back to how it was when its turn came, after the changes that were still on their way. */
  #reversible(shot: Shot, change: () => Promise<unknown>): Pick<Command, 'run' | 'undo'> {
    let before = shot
    return {
      run: () => {
        before = this.#known(shot)
        return change()
      },
      undo: () => this.#revert(before),
    }
  }

  /** The shot as it shows now, which may be newer than what was at hand when somebody pressed a key. */
  #known(shot: Shot): Shot {
    return this.shots.find((one) => one.id === shot.id) ?? shot
  }

  async #place(order: string[]): Promise<void> {
    this.#wanted ??= order
    const path = { project_id: this.project }
    try {
      await ok(api.POST('/api/projects/{project_id}/reorder', { params: { path }, body: { shot_ids: order } }))
      this.#show((shots) => inOrder(shots, order))
    } finally {
      // Of several moves in a row, the last one says what shows.
      if (this.#wanted === order) this.#wanted = null
    }
  }

  async #update(shot_id: string, changes: Edit): Promise<void> {
    await this.#optimistic(
      (shots) => shots.map((shot) => (shot.id === shot_id ? edited(shot, changes) : shot)),
      async () => this.#put(await ok(api.PATCH('/api/shots/{shot_id}', { params: { path: { shot_id } }, body: changes }))),
    )
  }

  /** The shot as it was when this was read: its words and what is chosen of it. */
  async #revert(shot: Shot): Promise<void> {
    const request = { params: { path: { shot_id: shot.id } }, body: { revision: shot.revision } }
    this.#put(await ok(api.POST('/api/shots/{shot_id}/revert', request)))
  }

  async #delete(ids: string[]): Promise<void> {
    const at = this.shots.findIndex((shot) => shot.id === ids[0])
    const without: Change = (shots) => shots.filter((shot) => !ids.includes(shot.id)).map((shot, order) => ({ ...shot, order }))
    await this.#optimistic(without, async () => {
      const path = { project_id: this.project }
      await ok(api.POST('/api/projects/{project_id}/shots/delete', { params: { path }, body: { shot_ids: ids } }))
      // What was read before the answer may have them still.
      this.#show(without)
    })
    this.settle(this.shots, Math.max(at, 0))
  }

  async #undelete(shot_ids: string[]): Promise<void> {
    const path = { project_id: this.project }
    const board = await ok(api.POST('/api/projects/{project_id}/shots/undelete', { params: { path }, body: { shot_ids } }))
    this.#show(() => board.shots)
    this.choose(shot_ids)
  }

  /** Shows a change, asks the server for it, and takes it back when the server refuses. */
  async #optimistic(change: Change, send: () => Promise<unknown>): Promise<void> {
    const before = this.shots
    this.#show(change)
    try {
      await send()
    } catch (error) {
      this.#show(() => before)
      void this.client.invalidateQueries({ queryKey: keys.storyboard(this.project) })
      throw error
    }
  }

  #show(change: Change): void {
    const queryKey = keys.storyboard(this.project)
    void this.client.cancelQueries({ queryKey })
    this.client.setQueryData<Shot[]>(queryKey, (shots) => shots && change(shots))
  }

  /** The shot as the server has it now; where it stands is known from the list. */
  #put(shot: Shot): void {
    this.#show((shots) => shots.map((known) => (known.id === shot.id ? { ...shot, order: known.order } : known)))
    // Showing it stopped whatever was being read, which may have been news of other shots.
    void this.client.invalidateQueries({ queryKey: keys.storyboard(this.project) })
    void this.client.invalidateQueries({ queryKey: keys.versions(shot.id) })
  }

  async #reread(): Promise<void> {
    // What is being read already was asked for before the change.
    await this.client.cancelQueries({ queryKey: keys.storyboard(this.project) })
    await this.client.fetchQuery({ ...ask.storyboard(this.project), staleTime: 0 })
  }
}

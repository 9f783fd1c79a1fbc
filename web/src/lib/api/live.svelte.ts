// The tab's one event stream, and what each event changes in the query cache.
import type { QueryClient, QueryKey } from '@tanstack/svelte-query'
import { session } from '../state/session.svelte'
import type { ListedProject, Project, Shot, Task } from './client'
import { keys } from './queries'
import { type Frame, type LiveState, subscribe } from './sse'

type Gone = { id: string; deleted: true }
type GoneShot = Gone & { project_id: string }
/** What a `task` event tells: less than the whole task. */
export type TaskNews = Pick<Task, 'id' | 'project_id' | 'shot_id' | 'type' | 'status' | 'progress' | 'error'>
type ProjectPage = { items: ListedProject[]; total: number; page: number; page_size: number }

class Live {
  state = $state<LiveState>('connecting')

  /** Follow everything of this user's until the returned function is called. */
  follow(client: QueryClient): () => void {
    const state = (now: LiveState) => {
      // What was read before the line stood may be older than its news; which films went away is told by no event.
      if (now === 'live' && this.state !== 'live') reread(client)
      this.state = now
    }
    const stop = subscribe({
      url: '/api/events',
      token: () => session.token,
      frames: (batch) => apply(client, batch),
      state,
      refused: () => session.end(),
    })
    return () => {
      stop()
      this.state = 'connecting'
    }
  }
}

export const live = new Live()

/** Brings the cache up to date with a batch of events: each list is touched once, however many events are about it. */
export function apply(client: QueryClient, batch: Frame[]): void {
  const shots = new Map<string, (Shot | GoneShot)[]>()
  const tasks = new Map<string, TaskNews[]>()
  for (const frame of batch) {
    const data: unknown = JSON.parse(frame.data)
    if (frame.event === 'reset') reread(client)
    else if (frame.event === 'project') applyProject(client, data as ListedProject | Gone)
    else if (frame.event === 'shot') collect(shots, data as Shot | GoneShot)
    else if (frame.event === 'task') collect(tasks, data as TaskNews)
  }
  for (const [project, news] of shots) applyShots(client, project, news)
  for (const [project, news] of tasks) applyTasks(client, project, news)
}

/** Asks for everything anew. What is being read for the first time may be older, too, but is not begun anew by that. */
function reread(client: QueryClient): void {
  const first = client.getQueryCache().findAll({ fetchStatus: 'fetching', predicate: ({ state }) => state.data === undefined })
  void client.invalidateQueries()
  for (const { promise, queryKey } of first) {
    promise?.then(
      () => client.invalidateQueries({ queryKey, exact: true }),
      () => undefined,
    )
  }
}

function collect<T extends { project_id: string }>(into: Map<string, T[]>, item: T): void {
  const known = into.get(item.project_id)
  if (known) known.push(item)
  else into.set(item.project_id, [item])
}

/** Brings what is known up to date. What is being read just now may be older than the news: they are told to it, too. */
function revise<T>(client: QueryClient, queryKey: QueryKey, change: (known: T) => T): void {
  for (const query of client.getQueryCache().findAll({ queryKey })) {
    const apply = () => client.setQueryData<T>(query.queryKey, (known) => known && change(known))
    apply()
    query.promise?.then(apply, () => undefined)
  }
}

function applyProject(client: QueryClient, news: ListedProject | Gone): void {
  const gone = 'deleted' in news
  let listed = false
  revise<ProjectPage>(client, keys.projects, (page) => {
    if (!page.items.some((item) => item.id === news.id)) return page
    listed = true
    if (gone) return { ...page, items: page.items.filter((item) => item.id !== news.id), total: page.total - 1 }
    return { ...page, items: page.items.map((item) => (item.id === news.id ? news : item)) }
  })
  if (!listed) void client.invalidateQueries({ queryKey: keys.projects })
  if (gone) {
    void client.invalidateQueries({ queryKey: keys.project(news.id) })
    return
  }
  // Listings and events leave the story out: what is known of it stays.
  revise<Project>(client, keys.project(news.id), (known) => ({ ...news, story_text: known.story_text }))
  void client.invalidateQueries({ queryKey: keys.storyboard(news.id) })
  void client.invalidateQueries({ queryKey: keys.film(news.id) })
  void client.invalidateQueries({ queryKey: keys.cuts(news.id) })
}

function applyShots(client: QueryClient, project: string, news: (Shot | GoneShot)[]): void {
  const latest = new Map(news.map((item) => [item.id, item]))
  // One that is said to be gone may be back by now: the list is asked for, and says which.
  if (news.some((item) => 'deleted' in item)) void client.invalidateQueries({ queryKey: keys.storyboard(project) })
  revise<Shot[]>(client, keys.storyboard(project), (shots) =>
    shots.map((shot) => {
      const now = latest.get(shot.id)
      // Late news may be older than what this tab did since; and where a shot stands is told by the list.
      return now === undefined || 'deleted' in now || now.revision < shot.revision ? shot : { ...now, order: shot.order }
    }),
  )
  void client.invalidateQueries({ queryKey: keys.changes(project) })
  for (const [id, now] of latest) {
    // Of a shot that is gone there is nothing to be read.
    if (!('deleted' in now)) void client.invalidateQueries({ queryKey: keys.versions(id) })
  }
}

function applyTasks(client: QueryClient, project: string, news: TaskNews[]): void {
  const latest = new Map(news.map((item) => [item.id, item]))
  let complete = true
  revise<Task[]>(client, keys.tasks(project), (tasks) => {
    const known = new Set(tasks.map((task) => task.id))
    complete = [...latest.keys()].every((id) => known.has(id))
    return tasks.map((task) => ({ ...task, ...latest.get(task.id) }))
  })
  for (const item of latest.values()) {
    if (item.type === 'FILM' || item.type === 'LLM') applyProgress(client, project, item.progress)
  }
  // Of one that is new, the rest has to be read.
  if (!complete) void client.invalidateQueries({ queryKey: keys.tasks(project) })
}

function applyProgress(client: QueryClient, project: string, progress: number): void {
  revise<ProjectPage>(client, keys.projects, (page) => {
    if (!page.items.some((item) => item.id === project)) return page
    return { ...page, items: page.items.map((item) => (item.id === project ? { ...item, progress } : item)) }
  })
}

// What pages read: one function per question, each with the key that live events find it by.
import { QueryClient, keepPreviousData } from '@tanstack/svelte-query'
import { ApiError, type Style, api, ok } from './client'

const HOUR = 3_600_000
/** Media links hold for half an hour at least: what has links in it is read anew well before. */
const LINKS_HOLD = 20 * 60_000

export const keys = {
  me: ['me'] as const,
  projects: ['projects'] as const,
  project: (id: string) => ['project', id] as const,
  storyboard: (id: string) => ['storyboard', id] as const,
  tasks: (id: string) => ['tasks', id] as const,
  film: (id: string) => ['film', id] as const,
  cuts: (id: string) => ['cuts', id] as const,
  changes: (id: string) => ['cuts', id, 'changes'] as const,
  versions: (shot: string) => ['versions', shot] as const,
}

export function newQueryClient(): QueryClient {
  const defaults = {
    // The server is often on this very machine: the browser's idea of being offline says nothing.
    networkMode: 'always' as const,
    retry: (tries: number, error: Error) => tries < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
  }
  return new QueryClient({
    defaultOptions: {
      queries: { ...defaults, staleTime: LINKS_HOLD / 2, refetchInterval: LINKS_HOLD, refetchOnWindowFocus: false },
      mutations: { ...defaults, retry: false },
    },
  })
}

/** What any query is, whatever it reads. */
export type Question = { error: unknown; data: unknown; refetch: () => unknown }

/** Those that could not be read, with nothing older to show. */
export function failed(...queries: Question[]): Question[] {
  return queries.filter((one) => one.error && one.data === undefined)
}

export type Sort = 'created_at' | 'created_at_asc' | 'title'

export const ask = {
  me: () => ({ queryKey: keys.me, queryFn: () => ok(api.GET('/api/auth/me')), staleTime: HOUR }),

  projects: (query: { q: string; sort: Sort; page: number; page_size: number }) => ({
    queryKey: [...keys.projects, query] as const,
    queryFn: () => ok(api.GET('/api/projects', { params: { query } })),
    placeholderData: keepPreviousData,
  }),

  project: (project_id: string) => ({
    queryKey: keys.project(project_id),
    queryFn: () => ok(api.GET('/api/projects/{project_id}', { params: { path: { project_id } } })),
  }),

  /** The shots, in order. */
  storyboard: (project_id: string) => ({
    queryKey: keys.storyboard(project_id),
    queryFn: async () =>
      (await ok(api.GET('/api/projects/{project_id}/storyboard', { params: { path: { project_id } } }))).shots,
  }),

  /** The project's tasks, newest first. */
  tasks: (project_id: string) => ({
    queryKey: keys.tasks(project_id),
    queryFn: async () => (await ok(api.GET('/api/tasks', { params: { query: { project_id } } }))).items,
  }),

  film: (project_id: string) => ({
    queryKey: keys.film(project_id),
    queryFn: () => ok(api.GET('/api/projects/{project_id}/film', { params: { path: { project_id } } })),
  }),

  versions: (shot_id: string) => ({
    queryKey: keys.versions(shot_id),
    queryFn: async () => (await ok(api.GET('/api/shots/{shot_id}/versions', { params: { path: { shot_id } } }))).items,
  }),

  /** A link to the same scene in this style. */
  styleSample: (style: Style) => ({
    queryKey: ['style', style] as const,
    queryFn: async () => (await ok(api.GET('/api/styles/{style}/sample', { params: { path: { style } } }))).url,
  }),

  voices: () => ({
    queryKey: ['voices'] as const,
    queryFn: async () => (await ok(api.GET('/api/voices'))).items,
    staleTime: HOUR,
  }),

  engines: () => ({
    queryKey: ['engines'] as const,
    queryFn: async () => (await ok(api.GET('/api/engines'))).items,
    staleTime: HOUR,
  }),
}

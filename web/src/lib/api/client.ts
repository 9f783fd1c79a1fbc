// The one door to the server: typed by the API's own description, signed with the session's token.
import createClient, { type Middleware } from 'openapi-fetch'
import { session } from '../state/session.svelte'
import type { components, paths } from './schema'

type Schemas = components['schemas']
export type Project = Schemas['ProjectView']
/** A project at a glance, as listings and events have it. */
export type ListedProject = Schemas['ListedProject']
export type Style = Project['style']
export type Aspect = Project['aspect']
export type Shot = Schemas['ShotView']
export type Task = Schemas['TaskView']
export type Version = Schemas['VersionView']
export type Voice = Schemas['VoiceView']
export type Engine = Schemas['EngineView']
export type NewProject = Schemas['NewProject']
export type Problem = Schemas['Problem']

/** What the server refused, in its own words; `status` 0: it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
  }

  get code(): string {
    return this.problem.code ?? ''
  }

  /** What is wrong with one field of the request, if the server says so. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((fault) => fault.location.split('.').includes(name))?.message
  }
}

const signed: Middleware = {
  onRequest({ request }) {
    if (session.token) request.headers.set('Authorization', `Bearer ${session.token}`)
    return request
  },
  onResponse({ request, response }) {
    const sent = request.headers.get('Authorization')
    if (response.status === 401 && sent === `Bearer ${session.token}`) session.end()
  },
  onError({ error }) {
    return new ApiError(0, { detail: error instanceof Error ? error.message : String(error) })
  },
}

export const api = createClient<paths>({ baseUrl: location.origin })
api.use(signed)

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The answer's data; throws an `ApiError` for anything but success. */
export async function ok<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (error !== undefined || !response.ok) {
    throw new ApiError(response.status, typeof error === 'object' && error !== null ? (error as Problem) : {})
  }
  return data as T
}

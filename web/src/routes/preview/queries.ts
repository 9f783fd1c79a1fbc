// What the preview reads besides the project: the film as data, how it sounds, its cuts, what changed since.
import { keepPreviousData } from '@tanstack/svelte-query'
import { api, ok } from '$lib/api/client'
import { keys } from '$lib/api/queries'
import type { components } from '$lib/api/schema'

type Schemas = components['schemas']
export type Timeline = Schemas['TimelineView']
export type Clip = Schemas['ClipView']
export type Cue = Schemas['CueView']
export type Cut = Schemas['CutView']
export type Peaks = Schemas['PeaksView']
export type Format = Schemas['Format']

/** `cut` undefined: the film that the chosen takes would make now. */
export const asked = {
  cuts: (project_id: string) => ({
    queryKey: keys.cuts(project_id),
    queryFn: async () => (await ok(api.GET('/api/projects/{project_id}/cuts', { params: { path: { project_id } } }))).items,
  }),

  timeline: (project_id: string, cut: string | undefined) => ({
    queryKey: [...keys.cuts(project_id), 'timeline', cut ?? ''] as const,
    queryFn: () => ok(api.GET('/api/projects/{project_id}/timeline', { params: { path: { project_id }, query: { cut } } })),
    placeholderData: keepPreviousData,
  }),

  peaks: (project_id: string, cut: string | undefined) => ({
    queryKey: [...keys.cuts(project_id), 'peaks', cut ?? ''] as const,
    queryFn: () => ok(api.GET('/api/projects/{project_id}/timeline/peaks', { params: { path: { project_id }, query: { cut } } })),
    placeholderData: keepPreviousData,
  }),

  changes: (project_id: string, cut_id: string) => ({
    queryKey: [...keys.changes(project_id), cut_id] as const,
    queryFn: () => ok(api.GET('/api/projects/{project_id}/cuts/{cut_id}/changes', { params: { path: { project_id, cut_id } } })),
    enabled: cut_id !== '',
  }),
}

/** Begins the film: like this cut but for its size, which is the project's; the usual one without. */
export async function begin(project_id: string, like?: Cut): Promise<void> {
  const { resolution: _size, fps: _rate, ...body } = like?.options ?? {}
  await ok(api.POST('/api/projects/{project_id}/make_film', { params: { path: { project_id } }, body }))
}

/** A cut as a file of another kind. */
export async function exported(project_id: string, cut_id: string, format: Format): Promise<Blob> {
  const request = { params: { path: { project_id, cut_id, format } }, parseAs: 'blob' as const }
  return (await ok(api.GET('/api/projects/{project_id}/cuts/{cut_id}/export/{format}', request))) as unknown as Blob
}

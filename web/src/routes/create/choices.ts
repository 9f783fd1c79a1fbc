// What can be chosen for a film, before it is begun and after.
import type { NewProject } from '$lib/api/client'

export type Choices = Required<Pick<NewProject, 'style' | 'aspect' | 'voice' | 'resolution' | 'engines' | 'language'>>

export const RESOLUTIONS = ['480p', '720p', '1080p', '1440p', '2160p']
export const KINDS = ['story', 'image', 'speech', 'video'] as const

// What can be chosen for a film, before it is begun and after.
import type { Aspect, NewProject, Style } from '$lib/api/client'

export type Choices = Required<Pick<NewProject, 'style' | 'aspect' | 'voice' | 'resolution' | 'engines' | 'language'>>

export const STYLES: readonly Style[] = ['Cinematic', 'Anime', 'Realistic']
export const ASPECTS: readonly Aspect[] = ['16:9', '9:16', '1:1', '4:3', '21:9']
export const RESOLUTIONS = ['480p', '720p', '1080p', '1440p', '2160p']
export const KINDS = ['story', 'image', 'speech', 'video'] as const

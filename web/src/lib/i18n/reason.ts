// Why something did not work, in the reader's language.
import { words as common } from '$words/common'
import { words as problems } from '$words/problems'
import { ApiError } from '../api/client'
import { say } from './index.svelte'

export function reason(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  return error.status === 0 ? say(common).unreachable : (say(problems)[error.code] ?? error.message)
}

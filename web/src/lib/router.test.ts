import { beforeAll, expect, test, vi } from 'vitest'

let router: typeof import('./router.svelte')

beforeAll(async () => {
  vi.stubGlobal('location', new URL('http://here/'))
  router = await import('./router.svelte')
})

test('every path that is made leads to its page', () => {
  const { paths, place } = router
  for (const [page, make] of Object.entries(paths)) {
    const at = place(make('p-1', 's_2'))
    expect(at.page).toBe(page)
    expect([at.project, at.shot]).toEqual([make.length > 0 ? 'p-1' : '', make.length > 1 ? 's_2' : ''])
  }
  expect(place('/projects/p-1/').page).toBe('story')
})

test.each(['/nowhere', '/projects', '/projects/a/b/c', '/projects/%3Cscript%3E', '/api/projects'])('%s is no page', (path) => {
  expect(router.place(path).page).toBe('missing')
})

test('signing in leads back to a page of ours only', () => {
  const { safeReturn } = router
  expect(safeReturn('/projects/p/preview?t=3')).toBe('/projects/p/preview?t=3')
  for (const bad of [null, '', 'https://else/', '//else', '/\\else', '/sign-in?to=/']) expect(safeReturn(bad)).toBe('/')
})

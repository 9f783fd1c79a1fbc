// Where we are, by the address bar: real paths, so that every page has a link that opens it.

export const paths = {
  assets: () => '/',
  create: () => '/new',
  signIn: () => '/sign-in',
  story: (project: string) => `/projects/${project}`,
  storyboard: (project: string) => `/projects/${project}/storyboard`,
  shot: (project: string, shot: string) => `/projects/${project}/shots/${shot}`,
  preview: (project: string) => `/projects/${project}/preview`,
}

export type Page = keyof typeof paths | 'missing'
export type Place = { page: Page; project: string; shot: string }

const TABLE: [Page, RegExp][] = [
  ['assets', /^\/$/],
  ['create', /^\/new$/],
  ['signIn', /^\/sign-in$/],
  ['story', /^\/projects\/(?<project>[\w-]{1,64})$/],
  ['storyboard', /^\/projects\/(?<project>[\w-]{1,64})\/storyboard$/],
  ['shot', /^\/projects\/(?<project>[\w-]{1,64})\/shots\/(?<shot>[\w-]{1,64})$/],
  ['preview', /^\/projects\/(?<project>[\w-]{1,64})\/preview$/],
]

/** Which page a path names. */
export function place(path: string): Place {
  const bare = path.length > 1 ? path.replace(/\/+$/, '') || '/' : path
  for (const [page, pattern] of TABLE) {
    const found = pattern.exec(bare)
    if (found) return { page, project: found.groups?.project ?? '', shot: found.groups?.shot ?? '' }
  }
  return { page: 'missing', project: '', shot: '' }
}

/** Where to go back to after signing in: a path of ours, never another site. */
export function safeReturn(wanted: string | null): string {
  return wanted && /^\/(?![/\\])/.test(wanted) && place(wanted.split('?')[0] ?? '').page !== 'signIn' ? wanted : '/'
}

class Router {
  path = $state(location.pathname)
  search = $state(location.search)
  readonly at = $derived(place(this.path))

  /** Go there; `replace` leaves no step behind to come back to. */
  go(to: string, { replace = false } = {}): void {
    if (to === location.pathname + location.search) return
    if (replace) history.replaceState(null, '', to)
    else history.pushState(null, '', to)
    this.read()
    scrollTo(0, 0)
  }

  read = (): void => {
    this.path = location.pathname
    this.search = location.search
  }

  /** Follows plain clicks on our own links without loading the page anew; for the window's click event. */
  follow = (event: MouseEvent): void => {
    const link = (event.target as Element).closest?.('a')
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return
    const ours = link.origin === location.origin && place(link.pathname).page !== 'missing'
    if (!ours || link.target || link.hasAttribute('download')) return
    event.preventDefault()
    this.go(link.pathname + link.search)
  }
}

export const router = new Router()

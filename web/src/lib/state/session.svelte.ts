// Who is signed in. The token is kept for this tab, or for this computer if the user asks so; it is never put into a URL.

const KEPT = 'storyreel.token'

class Session {
  token = $state(sessionStorage.getItem(KEPT) ?? localStorage.getItem(KEPT))

  constructor() {
    // Signing in or out in another tab holds here, too.
    addEventListener('storage', (event) => {
      if (event.key === KEPT && !sessionStorage.getItem(KEPT)) this.token = event.newValue
    })
  }

  begin(token: string, stay: boolean): void {
    this.end()
    ;(stay ? localStorage : sessionStorage).setItem(KEPT, token)
    this.token = token
  }

  end(): void {
    sessionStorage.removeItem(KEPT)
    localStorage.removeItem(KEPT)
    this.token = null
  }
}

export const session = new Session()

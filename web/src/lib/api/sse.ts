// Server-sent events over fetch, since EventSource cannot send a bearer token: frames, resuming, waiting between tries.

export type Frame = { id: string; event: string; data: string }
export type LiveState = 'connecting' | 'live' | 'lost'

/** Takes a stream apart as it arrives, in whatever pieces. */
export class SseParser {
  lastId = ''
  #rest = ''
  #id = ''
  #event = ''
  #data: string[] = []

  push(chunk: string): Frame[] {
    // A lone \r at the end may be the first half of \r\n: it waits for what follows.
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?=[^\n])/)
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#line(line))
  }

  /** Forgets what was cut off when a connection broke; the last id stays. */
  reset(): void {
    this.#rest = ''
    this.#id = this.lastId
    this.#event = ''
    this.#data = []
  }

  #line(line: string): Frame[] {
    if (line === '') {
      this.lastId = this.#id // only now: an event that was cut off is to be sent again
      const frame = { id: this.lastId, event: this.#event || 'message', data: this.#data.join('\n') }
      const whole = this.#data.length > 0
      this.#event = ''
      this.#data = []
      return whole ? [frame] : []
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
    else if (field === 'id' && !value.includes('\0')) this.#id = value
    return []
  }
}

export type Subscription = {
  url: string
  token: () => string | null
  /** All frames that came since the last animation frame, in order. */
  frames: (batch: Frame[]) => void
  state: (state: LiveState) => void
  /** The server does not know the token (any more). */
  refused: () => void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000
/** The server sends a sign of life every 15 s; after twice that the line is dead. */
const SILENCE_MS = 32_000

/** Follows the stream until the returned function is called; comes back after every break, where it stopped. */
export function subscribe(to: Subscription): () => void {
  const parser = new SseParser()
  const stopped = new AbortController()
  let batch: Frame[] = []
  let scheduled: (() => void) | null = null

  const deliver = () => {
    scheduled = null
    const frames = batch
    batch = []
    if (frames.length && !stopped.signal.aborted) to.frames(frames)
  }

  async function listen(): Promise<void> {
    const line = new AbortController()
    const watch = { timer: 0 as ReturnType<typeof setTimeout> | 0 }
    const alive = () => {
      clearTimeout(watch.timer)
      watch.timer = setTimeout(() => line.abort(), SILENCE_MS)
    }
    alive()
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream', Authorization: `Bearer ${to.token()}` }
      if (parser.lastId) headers['Last-Event-ID'] = parser.lastId
      const signal = AbortSignal.any([stopped.signal, line.signal])
      const response = await fetch(to.url, { headers, signal, cache: 'no-store' })
      if (response.status === 401) return to.refused()
      if (!response.ok || !response.body) throw new Error(`the stream answers ${response.status}`)
      to.state('live')
      parser.reset()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        alive()
        batch.push(...parser.push(part.value))
        if (batch.length) scheduled ??= soon(deliver)
      }
    } finally {
      clearTimeout(watch.timer)
    }
  }

  async function keepListening(): Promise<void> {
    let wait = FIRST_WAIT_MS
    while (!stopped.signal.aborted) {
      const began = performance.now()
      await listen().catch(() => undefined)
      if (stopped.signal.aborted) return
      to.state('lost')
      // A line that held for a while was a good one: the next try may come at once.
      if (performance.now() - began > LONGEST_WAIT_MS) wait = FIRST_WAIT_MS
      await pause(wait * (0.75 + Math.random() / 2), stopped.signal)
      wait = Math.min(LONGEST_WAIT_MS, wait * 1.6)
    }
  }

  to.state('connecting')
  void keepListening()
  return () => {
    stopped.abort()
    scheduled?.()
  }
}

/** Before the next picture; a hidden tab draws none, so there a timer must do. Returns what cancels it. */
function soon(run: () => void): () => void {
  if (document.hidden) {
    const timer = setTimeout(run, 100)
    return () => clearTimeout(timer)
  }
  const frame = requestAnimationFrame(run)
  return () => cancelAnimationFrame(frame)
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    const events = ['online', 'focus']
    function done() {
      clearTimeout(timer)
      for (const name of events) removeEventListener(name, done)
      resolve()
    }
    for (const name of events) addEventListener(name, done)
    signal.addEventListener('abort', done, { once: true })
  })
}

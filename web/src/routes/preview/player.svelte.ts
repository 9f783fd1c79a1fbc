// The film that plays: where it is, how fast, and everything that keys and buttons do with it.
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2]
const SHUTTLE = [1, 2, 4, 8]
const TICK_MS = 40

export class Player {
  video = $state.raw<HTMLVideoElement>()
  time = $state(0)
  duration = $state(0)
  paused = $state(true)
  rate = $state(1)
  muted = $state(false)
  volume = $state(1)
  captions = $state(true)
  /** Whether there is a picture to be seen. */
  ready = $state(false)
  fps = 24
  readonly speeds = SPEEDS
  #backwards: ReturnType<typeof setInterval> | undefined
  #gear = 0

  /** Goes to a second of the film. */
  seek(to: number): void {
    this.time = Math.max(0, Math.min(to, this.duration || to))
    if (this.video) this.video.currentTime = this.time
  }

  toggle(): void {
    const playing = !this.paused || this.#backwards !== undefined
    this.stop()
    if (!playing) this.play()
  }

  play(speed = 1): void {
    const video = this.video
    if (!video) return
    if (video.ended) video.currentTime = 0
    video.playbackRate = this.rate * speed
    // A browser may refuse to begin with sound by itself; the button still works then.
    video.play().catch(() => undefined)
  }

  stop(): void {
    clearInterval(this.#backwards)
    this.#backwards = undefined
    this.#gear = 0
    this.video?.pause()
    if (this.video) this.video.playbackRate = this.rate
  }

  /** J and L: the same way again is faster; the other way begins anew. Browsers cannot play backwards, so that is steps. */
  shuttle(way: 1 | -1): void {
    const gear = this.#gear * way > 0 ? Math.min(Math.abs(this.#gear) + 1, SHUTTLE.length) : 1
    this.stop()
    this.#gear = gear * way
    const speed = SHUTTLE[gear - 1] ?? 1
    if (way > 0) return this.play(speed)
    this.#backwards = setInterval(() => {
      this.seek(this.time - (speed * TICK_MS) / 1000)
      if (this.time <= 0) this.stop()
    }, TICK_MS)
  }

  frame(by: number): void {
    this.stop()
    // The middle of a frame: on its edge, a browser may show the one before.
    this.seek((Math.floor(this.time * this.fps + 0.01) + by + 0.5) / this.fps)
  }

  setRate(rate: number): void {
    this.rate = rate
    if (this.video) this.video.playbackRate = rate
  }
}

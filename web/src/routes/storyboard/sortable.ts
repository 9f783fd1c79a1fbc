// Dragging cards to another place, in a strip, a grid or a list; and drawing a frame around some of them.
export type Drag = { from: number; to: number }

type Options = {
  scroller: () => HTMLElement
  cards: () => HTMLElement[]
  /** Who is dragged where just now; null when nobody is. */
  dragging: (drag: Drag | null) => void
  dropped: (from: number, to: number) => void
  pressed: (index: number, event: PointerEvent) => void
  /** The cards inside of the frame that is drawn; `box` in the scroller's content, null at the end. */
  framed: (indexes: number[], box: Box | null) => void
}
export type Box = { left: number; top: number; width: number; height: number }

const SLOP = 5 // pixels that a press may wander before it is a drag
const HOLD_MS = 280 // a finger rests so long before it drags; sooner it scrolls
const EDGE = 72 // pixels from the border at which the scroller moves by itself
const FASTEST = 24 // pixels a frame

/** What pointers do in the scroller: `card` for presses on a card, `ground` for those beside them. */
export function sortable(options: Options) {
  let held = false
  return {
    card(event: PointerEvent, from: number): void {
      if (event.button) return
      if (event.pointerType === 'mouse') drag(options, event, from)
      else hold(options, event, from, (now) => (held = now))
    },
    /** Keeps the scroller, to which this is attached, still under a finger that holds a card. */
    still(scroller: HTMLElement): () => void {
      const over = new AbortController()
      const stop = (event: Event) => held && event.preventDefault()
      // Listeners that may stop scrolling have to be there before the finger comes: browsers ask for no others.
      scroller.addEventListener('touchmove', stop, { passive: false, signal: over.signal })
      scroller.addEventListener('contextmenu', stop, { signal: over.signal })
      return () => over.abort()
    },
    ground(event: PointerEvent): void {
      if (event.button || event.pointerType !== 'mouse') return
      frame(options, event)
    },
  }
}

/** Where every card stands, in the scroller's content, whatever it is moved to just now. */
function slots({ scroller, cards }: Options): Box[] {
  const box = scroller()
  const origin = box.getBoundingClientRect()
  return cards().map((card) => {
    const rect = card.getBoundingClientRect()
    return { left: rect.left - origin.left + box.scrollLeft, top: rect.top - origin.top + box.scrollTop, width: rect.width, height: rect.height }
  })
}

/** Follows a pointer until it is let go, is cancelled, or Escape is pressed. */
function follow(first: PointerEvent, moved: (event: PointerEvent) => void, ended: (kept: boolean) => void): void {
  const over = new AbortController()
  const end = (kept: boolean) => {
    over.abort()
    ended(kept)
  }
  const mine = (then: (event: PointerEvent) => void) => (event: PointerEvent) => {
    if (event.pointerId === first.pointerId) then(event)
  }
  const { signal } = over
  addEventListener('pointermove', mine(moved), { signal })
  addEventListener('pointerup', mine(() => end(true)), { signal })
  addEventListener('pointercancel', mine(() => end(false)), { signal })
  const escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    event.preventDefault()
    end(false)
  }
  addEventListener('keydown', escape, { signal, capture: true })
}

function hold(options: Options, event: PointerEvent, from: number, holds: (held: boolean) => void): void {
  const start = setTimeout(() => {
    stop.abort()
    holds(true)
    drag(options, event, from, () => holds(false))
  }, HOLD_MS)
  const stop = new AbortController()
  const { signal } = stop
  const away = () => {
    clearTimeout(start)
    stop.abort()
  }
  addEventListener('pointermove', (move) => Math.hypot(move.clientX - event.clientX, move.clientY - event.clientY) > 2 * SLOP && away(), { signal })
  addEventListener('pointercancel', away, { signal })
  addEventListener('pointerup', () => (away(), options.pressed(from, event)), { signal })
}

function drag(options: Options, event: PointerEvent, from: number, after = () => {}): void {
  const scroller = options.scroller()
  const card = options.cards()[from]
  if (!card) return
  const [x0, y0, left0, top0] = [event.clientX, event.clientY, scroller.scrollLeft, scroller.scrollTop]
  let [x, y, to, ticking] = [x0, y0, from, 0]
  let places: Box[] = []
  // What is dragged past the end must not make the end wander off.
  const [right, bottom] = [scroller.scrollWidth - scroller.clientWidth, scroller.scrollHeight - scroller.clientHeight]

  const tick = () => {
    const box = scroller.getBoundingClientRect()
    scroller.scrollTo(
      Math.min(right, scroller.scrollLeft + pull(x, box.left, box.right)),
      Math.min(bottom, scroller.scrollTop + pull(y, box.top, box.bottom)),
    )
    const [dx, dy] = [x - x0 + scroller.scrollLeft - left0, y - y0 + scroller.scrollTop - top0]
    card.style.transform = `translate3d(${dx}px, ${dy - 4}px, 0) scale(1.03)`
    const nearest = closest(places, places[from] as Box, dx, dy)
    if (nearest !== to) options.dragging({ from, to: (to = nearest) })
    ticking = requestAnimationFrame(tick)
  }
  const begin = () => {
    places = slots(options)
    card.classList.add('dragged')
    options.dragging({ from, to })
    ticking = requestAnimationFrame(tick)
  }
  if (event.pointerType !== 'mouse') begin()
  follow(
    event,
    (move) => {
      ;[x, y] = [move.clientX, move.clientY]
      if (!ticking && Math.hypot(x - x0, y - y0) > SLOP) begin()
    },
    (kept) => {
      cancelAnimationFrame(ticking)
      card.classList.remove('dragged')
      card.style.transform = ''
      options.dragging(null)
      after()
      if (!ticking && kept) options.pressed(from, event)
      else if (kept && to !== from) options.dropped(from, to)
    },
  )
}

function frame(options: Options, event: PointerEvent): void {
  const scroller = options.scroller()
  const origin = scroller.getBoundingClientRect()
  const inside = (at: PointerEvent) => [at.clientX - origin.left + scroller.scrollLeft, at.clientY - origin.top + scroller.scrollTop] as const
  const [x0, y0] = inside(event)
  let places: Box[] | undefined
  follow(
    event,
    (move) => {
      const [x, y] = inside(move)
      if (!places && Math.hypot(x - x0, y - y0) < SLOP) return
      places ??= slots(options)
      const box = { left: Math.min(x, x0), top: Math.min(y, y0), width: Math.abs(x - x0), height: Math.abs(y - y0) }
      options.framed(places.flatMap((place, index) => (touches(place, box) ? [index] : [])), box)
    },
    () => options.framed([], null),
  )
}

function pull(at: number, low: number, high: number): number {
  const past = at < low + EDGE ? at - low - EDGE : at > high - EDGE ? at - high + EDGE : 0
  return Math.max(-FASTEST, Math.min(FASTEST, past / 3))
}

function closest(places: Box[], own: Box, dx: number, dy: number): number {
  const distance = (place: Box) => Math.hypot(place.left - own.left - dx, place.top - own.top - dy)
  return places.reduce((best, place, index) => (distance(place) < distance(places[best] as Box) ? index : best), 0)
}

function touches(a: Box, b: Box): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height
}

/** Where a card shows while another one is dragged past it: the index of the slot. */
export function slotOf(index: number, drag: Drag | null): number {
  if (!drag || index === drag.from) return index
  if (index > drag.from && index <= drag.to) return index - 1
  if (index < drag.from && index >= drag.to) return index + 1
  return index
}

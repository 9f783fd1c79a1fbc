// Media links: the same picture in a smaller size.

/** The widths, in pixels, in which the server hands out pictures. */
export type Width = 160 | 320 | 640 | 1280

/** The picture, no wider than that: for places where the whole one would be too much to load. */
export function small(url: string, width: Width): string {
  return `${url}${url.includes('?') ? '&' : '?'}w=${width}`
}

// Media links: the same picture in a smaller size.

/** A picture about so many pixels wide, for places where the whole one would be too much to load. */
export function small(url: string, width: number): string {
  return `${url}${url.includes('?') ? '&' : '?'}w=${width}`
}

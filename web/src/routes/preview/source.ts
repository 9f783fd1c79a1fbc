// Gives a player its film: a file as it is; a film that is still being made through hls.js, loaded only then.

type From = { url: string; live: boolean; at: number; playing: boolean }

/** Lets the film play in this element until the returned function is called: from this second on, at once if it was playing. */
export function attach(video: HTMLVideoElement, { url, live, at, playing }: From): () => void {
  let gone = false
  let stop = () => video.removeAttribute('src')
  const go = () => {
    if (playing) video.play().catch(() => undefined)
  }
  if (!live) {
    video.src = url
    if (at) video.currentTime = at
    go()
  } else {
    void import('hls.js').then(({ default: Hls }) => {
      if (gone) return
      // The page's policy allows no workers made of text; the film is not encrypted, so little is left to do in one.
      const hls = new Hls({ enableWorker: false, startPosition: at })
      const goOn = () => {
        if (gone) return
        // Another load begins at the start: only where nothing was loaded yet.
        if (hls.levels.length) hls.startLoad()
        else hls.loadSource(url)
      }
      hls.on(Hls.Events.ERROR, (_, fault) => {
        if (fault.fatal && fault.type === Hls.ErrorTypes.NETWORK_ERROR) setTimeout(goOn, 1500)
      })
      hls.loadSource(url)
      hls.attachMedia(video)
      stop = () => hls.destroy()
      go()
    })
  }
  return () => {
    gone = true
    stop()
  }
}

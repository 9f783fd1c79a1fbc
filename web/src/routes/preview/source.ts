// Gives a player its film: a file as it is; a film that is still being made through hls.js, loaded only then.

/** Lets the film play in this element until the returned function is called; it goes on where the last one was. */
export function attach(video: HTMLVideoElement, url: string, live: boolean): () => void {
  let gone = false
  let stop = () => video.removeAttribute('src')
  const at = video.currentTime
  if (!live) {
    video.src = url
    if (at) video.currentTime = at
  } else {
    void import('hls.js').then(({ default: Hls }) => {
      if (gone) return
      // The page's policy allows no workers made of text; the film is not encrypted, so little is left to do in one.
      const hls = new Hls({ enableWorker: false, startPosition: at })
      hls.on(Hls.Events.ERROR, (_, fault) => {
        if (fault.fatal && fault.type === Hls.ErrorTypes.NETWORK_ERROR) setTimeout(() => !gone && hls.loadSource(url), 1500)
      })
      hls.loadSource(url)
      hls.attachMedia(video)
      stop = () => hls.destroy()
    })
  }
  return () => {
    gone = true
    stop()
  }
}

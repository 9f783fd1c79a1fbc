// What a page does that plays films, and what the tests ask of it. Pictures are those of engines/counting.py.
"use strict";

const video = document.querySelector("video");
const heard = []; // events of the player, and errors
const shown = []; // the time of each picture that was shown

for (const name of ["playing", "waiting", "ended", "error"]) {
  video.addEventListener(name, () => heard.push(video.error ? `${name}: ${video.error.message}` : name));
}
const watch = (_now, picture) => {
  shown.push(picture.mediaTime);
  video.requestVideoFrameCallback(watch);
};
video.requestVideoFrameCallback(watch);

async function play(address) {
  video.src = address;
  await video.play();
}

async function playByHls(address) {
  const hls = new Hls({ enableWorker: false });
  hls.on(Hls.Events.ERROR, (_event, error) => error.fatal && heard.push(`error: ${error.details}`));
  hls.loadSource(address);
  hls.attachMedia(video);
  await video.play();
}

function state() {
  return {
    heard,
    shown,
    at: video.currentTime,
    duration: video.duration,
    buffered: video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0,
    width: video.videoWidth,
    height: video.videoHeight,
    sound: video.webkitAudioDecodedByteCount,
  };
}

// What the picture at a time shows: the numbers of its shot and its own, and its ground's colour.
async function pictureAt(seconds) {
  video.pause();
  const seeked = new Promise((resolve, reject) => {
    video.addEventListener("seeked", resolve, { once: true });
    setTimeout(() => reject(new Error(`no picture at ${seconds}: ${JSON.stringify(state())}`)), 60000);
  });
  video.currentTime = seconds;
  await seeked;
  await new Promise(requestAnimationFrame);
  const canvas = Object.assign(document.createElement("canvas"), { width: 256, height: 144 });
  const drawn = canvas.getContext("2d", { willReadFrequently: true });
  drawn.drawImage(video, 0, 0, 256, 144);
  const colourAt = (x, y) => Array.from(drawn.getImageData(x, y, 1, 1).data).slice(0, 3);
  const numbers = [24, 72].map((y) => {
    let number = 0;
    for (let bit = 0; bit < 8; bit++) number |= (colourAt(32 * bit + 16, y)[1] > 127) << bit;
    return number;
  });
  return [...numbers, colourAt(128, 120)];
}

"""The same film by MoviePy 2, as its users would write it. Runs in the peers' own environment, without Storyreel."""

import json
import sys
from pathlib import Path

from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, ImageClip, TextClip, vfx

LEAD, TAIL, CROSSFADE = 0.3, 0.5, 0.5


def main(description: Path, music: Path, font: str, out: Path, settings: list[str]) -> None:
    film = json.loads(description.read_text())
    folder, (width, height) = Path(film["folder"]), film["canvas"]
    pictures, texts, voices = [], [], []
    start = 0.0
    for number, shot in enumerate(film["shots"]):
        length = LEAD + shot["seconds"] + TAIL
        still = ImageClip(str(folder / shot["picture"])).with_duration(length).resized((width, height))
        zoomed = still.resized(lambda t, length=length: 1 + 0.1 * t / length).with_position("center")
        moving = CompositeVideoClip([zoomed], size=(width, height)).with_duration(length).with_start(start)
        pictures.append(moving.with_effects([vfx.CrossFadeIn(CROSSFADE)]) if number else moving)
        text = TextClip(
            font=font,
            text=shot["text"],
            font_size=round(height * 0.054),
            color="white",
            stroke_color="black",
            stroke_width=3,
            method="caption",
            size=(round(width * 0.84), None),
            text_align="center",
        )
        texts.append(
            text.with_start(start + LEAD).with_duration(shot["seconds"]).with_position(("center", round(height * 0.8)))
        )
        voices.append(AudioFileClip(str(folder / shot["voice"])).with_start(start + LEAD))
        start += length - CROSSFADE
    whole = CompositeVideoClip([*pictures, *texts], size=(width, height)).with_duration(start + CROSSFADE)
    bed = AudioFileClip(str(music)).with_duration(min(whole.duration, AudioFileClip(str(music)).duration))
    sound = CompositeAudioClip([*voices, bed.with_volume_scaled(0.15)]).with_duration(whole.duration)
    preset, crf, threads = settings
    whole.with_audio(sound).write_videofile(
        str(out),
        fps=film["fps"],
        codec="libx264",
        audio_codec="aac",
        preset=preset,
        ffmpeg_params=["-crf", crf, "-pix_fmt", "yuv420p"],
        threads=int(threads),
        logger=None,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), sys.argv[5:])

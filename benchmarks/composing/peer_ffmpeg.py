"""The same film by one FFmpeg filter graph. Runs in the peers' own environment, without Storyreel."""

import json
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg

LEAD, TAIL, CROSSFADE = 0.3, 0.5, 0.5


def main(description: Path, music: Path, fonts: str, out: Path, settings: list[str]) -> None:
    film = json.loads(description.read_text())
    folder, (width, height), fps = Path(film["folder"]), film["canvas"], film["fps"]
    inputs, graph, texts = [], [], []
    start = 0.0
    for number, shot in enumerate(film["shots"]):
        frames = round((LEAD + shot["seconds"] + TAIL) * fps)
        length = frames / fps
        inputs += ["-i", str(folder / shot["picture"]), "-i", str(folder / shot["voice"])]
        zoom = f"zoompan=z=1+0.1*on/{frames}:x=iw/2-(iw/zoom/2):y=ih/2-(ih/zoom/2)"
        zoom += f":d={frames}:s={width}x{height}:fps={fps}"
        graph.append(f"[{2 * number}:v]{zoom},setsar=1,format=yuv420p[v{number}]")
        if number:
            before = "v0" if number == 1 else f"x{number - 1}"
            graph.append(f"[{before}][v{number}]xfade=fade:duration={CROSSFADE}:offset={start:.4f}[x{number}]")
        graph.append(f"[{2 * number + 1}:a]aresample=48000,adelay={round((start + LEAD) * 1000)}:all=1[a{number}]")
        texts.append(
            f"{number + 1}\n{_stamp(start + LEAD)} --> {_stamp(start + LEAD + shot['seconds'])}\n{shot['text']}\n"
        )
        start += length - CROSSFADE
    captions = out.with_suffix(".srt")
    captions.write_text("\n".join(texts))
    count = len(film["shots"])
    last = f"x{count - 1}" if count > 1 else "v0"
    graph.append(f"[{last}]subtitles={captions}:fontsdir={fonts}[picture]")
    graph.append("".join(f"[a{k}]" for k in range(count)) + f"amix={count}:normalize=0,asplit[voice][key]")
    graph.append(f"[{2 * count}:a]volume=0.35[bed];[bed][key]sidechaincompress=ratio=8:release=600[low]")
    graph.append("[voice][low]amix=2:normalize=0:duration=longest,loudnorm=I=-16:TP=-1.5,aresample=48000[sound]")
    preset, crf, threads = settings
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *inputs, "-stream_loop", "-1", "-i", str(music)]
    command += [
        "-filter_complex",
        ";".join(graph),
        "-map",
        "[picture]",
        "-map",
        "[sound]",
        "-t",
        f"{start + CROSSFADE:.4f}",
    ]
    command += [
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        "-preset",
        preset,
        "-crf",
        crf,
        "-threads",
        threads,
        "-c:a",
        "aac",
        str(out),
    ]
    subprocess.run(command, check=True)


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d},{rest % 1000:03d}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), sys.argv[5:])

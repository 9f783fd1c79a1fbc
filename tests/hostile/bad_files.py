"""All hostile files by name, and lines of text that would be programs if anybody took them for some."""

import io
import pickle
import struct
import zipfile
import zlib
from collections.abc import Iterator

from bad_containers import containers
from bad_pictures import SCRIPT, pictures


class Program:
    """Leaves a file when it is unpickled."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return open, (self.mark, "w")


def hostile_files(file: str, url: str, film: bytes, mark: str) -> dict[str, bytes]:
    """What must be refused wherever a picture, a clip or a voice is taken.

    Args:
        file: the path of a film that nobody may see.
        url: its address on a server that nobody may ask.
        film: its bytes.
        mark: a path at which a file appears once one of these is run as a program.
    """
    return dict([*pictures(), *containers(file, url, film), *others(file, url, mark)])


def others(file: str, url: str, mark: str) -> Iterator[tuple[str, bytes]]:
    """What is no medium at all."""
    program = pickle.dumps(Program(mark))
    svg = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>{}</svg>"
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    yield "svg with a script", svg.format(SCRIPT.decode()).encode()
    yield (
        "svg with an entity of a file",
        f"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file://{file}'>]>{svg.format('<text>&x;</text>')}".encode(),
    )
    yield "svg with a picture elsewhere", svg.format(f"<image xlink:href='{url}'/>").encode()
    yield (
        "svg of a billion laughs",
        f"<!DOCTYPE svg [<!ENTITY l0 'ha'>{laughs}]>{svg.format('<text>&l9;</text>')}".encode(),
    )
    yield "html", b"<!doctype html>" + SCRIPT
    yield "pdf with a script", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
    yield "ass with a font", b"[Script Info]\nScriptType: v4.00+\n[Fonts]\nfontname: evil.ttf\n" + b"!" * 80 + b"\n"
    yield "srt", f"1\n00:00:00,000 --> 00:00:09,000\n<font face='{file}'>x</font>\n".encode()
    yield "pickle", program
    yield "pickle as torch writes it", zipped({"archive/data.pkl": program, "archive/version": b"3"})
    yield "pickle in an npz", zipped({"samples.npy": b"\x93NUMPY\1\0" + npy_head("|O") + program})
    yield "zip that unpacks to 20 MB", zipped({"film.mp4": bytes(20 << 20)})
    yield "zip of paths upwards", zipped({"../../../../tmp/film.mp4": b"x"})
    yield "gzip", b"\x1f\x8b\x08" + bytes(7) + zlib.compress(bytes(1 << 20))
    yield "font", b"\0\1\0\0\0\x0a\0\x80\0\3\0\x20" + bytes(300)
    yield "program", b"\x7fELF\2\1\1" + bytes(100)
    yield "shell script", f"#!/bin/sh\ntouch {mark}\n".encode()
    yield "nothing", b""
    yield "zeros", bytes(5000)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def npy_head(kind: str) -> bytes:
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (1,), }}".ljust(117) + "\n"
    return struct.pack("<H", len(head)) + head.encode()


def hostile_lines(file: str, url: str) -> list[str]:
    """Words of a story: what captions, filters, playlists, templates and pages would obey."""
    return [
        r"{\fn" + file + r"\fs200\p1}m 0 0 l 100 0{\pos(0,0)\t(\fscx500)}The fox\Nruns\h",
        f"x',movie={file}[over];[0:v][over]overlay,drawtext=textfile={file}:x=1'",
        f"%{{metadata\\:title}} %{{pts}} %{{eif\\:1\\:d}} ${{{file}}} $(cat {file}) `cat {file}`",
        f'1\n00:00:00,000 --> 00:00:09,000\n<font face="{file}">fox</font>',
        f"WEBVTT\n\nSTYLE\n::cue {{ background: url({url}) }}\n\n00:00.000 --> 00:09.000\n<c.x>fox</c>",
        f"#EXTM3U\nfile://{file}",
        f"file '{file}'\nffconcat version 1.0",
        f"<script src='{url}'></script><img src='{url}' onerror=alert(1)><svg/onload=alert(1)>",
        f"<!DOCTYPE x [<!ENTITY y SYSTEM 'file://{file}'>]><x>&y;</x>",
        f"=cmd|'/c calc'!A1 {{{{7*7}}}} <%= File.read('{file}') %>",
        f"../../../../../..{file} file://{file} \\\\127.0.0.1\\share",
    ]

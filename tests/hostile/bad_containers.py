"""Films and sounds that are bombs, lies, or ways to other files: each made on the spot, none is stored."""

import io
import struct
import wave
from collections.abc import Iterator

from bad_pictures import as_file, jpeg

FTYP = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"


def containers(file: str, url: str, film: bytes) -> Iterator[tuple[str, bytes]]:
    """What must be refused wherever a clip or a voice is taken.

    Args:
        file: the path of a film that nobody may see.
        url: its address on a server that nobody may ask.
        film: its bytes.
    """
    hls = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"
    lists = {
        "hls of a file": hls.format(f"file://{file}"),
        "hls of an address": hls.format(url),
        "hls of a file within a file": hls.format(f"concat:{file}|{file}"),
        "hls with a key elsewhere": hls.replace("#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF', 1).format(
            url
        ),
        "concat list of a file": f"ffconcat version 1.0\nfile '{file}'\n",
        "concat list of an address": f"ffconcat version 1.0\nfile '{url}'\n",
        "dash": f"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' type='static'><Period><AdaptationSet "
        f"mimeType='video/mp4'><Representation id='1' bandwidth='1'><BaseURL>{url}</BaseURL></Representation>"
        "</AdaptationSet></Period></MPD>",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video 5004 RTP/AVP 96\na=control:{url}\n",
        "smil": f"<smil><body><video src='{url}'/></body></smil>",
        "asx": f"<asx version='3.0'><entry><ref href='{url}'/></entry></asx>",
        "image sequence": file.replace(".mp4", "%03d.png"),
        "an address alone": f"concat:{url}",
    }
    for name, text in lists.items():
        yield name, text.encode()
        yield f"{name} behind an MP4's first bytes", FTYP + text.encode()
    yield "hls behind a WAV's first bytes", b"RIFF\xff\xff\0\0WAVE" + lists["hls of a file"].encode()
    yield "hls behind a Matroska's first bytes", b"\x1a\x45\xdf\xa3" + lists["hls of an address"].encode()
    yield "mov whose pictures are in another file", elsewhere(film, file)
    yield "mov of a billion samples in 1 KB", mov(samples=2**30)
    yield "mov of a billion samples of sound", mov(samples=2**30, sound=True)
    yield "mov with a table of 4 billion sizes", mov(samples=2**32 - 1, size=0)
    yield (
        "mov whose head unpacks to 4 GB",
        FTYP + atom("moov", atom("cmov", atom("dcom", b"zlib"), atom("cmvd", b"\xff" * 4 + bytes(200)))),
    )
    yield "mov of 20000 atoms in each other", FTYP + nested(20_000)
    yield "mov of 65535 squared", mov(width=65535, height=65535)
    yield "mov of no size", mov(width=0, height=0)
    yield "mp4 cut off", film[: len(film) * 2 // 3]
    yield "mp4 without pictures", FTYP + atom("mdat", bytes(2000))
    yield "matroska of 65535 squared", mkv(65535, 65535)
    yield "matroska of nothing but a font", mkv(16, 16, font=True, frames=())
    yield "matroska whose frames are bombs", mkv(16, 16, frames=(jpeg(65500, 65500), jpeg(16000, 16000)))
    yield "matroska whose frames are flat and of 256 million pixels", mkv(16, 16, frames=(flat_jpeg(16000),))
    yield "matroska whose frames grow", mkv(16, 16, frames=(as_file("JPEG"), flat_jpeg(16000)))
    yield (
        "matroska that holds 16 frames of 40 million pixels",
        mkv(8192, 4864, "V_MS/VFW/FOURCC", h264(8192, 4864, 20), 19),
    )
    yield "matroska that is endless", b"\x1a\x45\xdf\xa3\x01" + b"\xff" * 7 + bytes(500)
    yield "avi", b"RIFF\xff\xff\0\0AVI LIST" + bytes(300)
    yield "flv", b"FLV\1\5\0\0\0\x09" + bytes(300)
    yield "wav of 16 channels", wav(channels=16)
    yield "wav of 65535 channels", wav()[:22] + b"\xff\xff" + wav()[24:]
    yield "wav of 10 Hz", wav(rate=10, seconds=100)
    yield (
        "flac of 2^36 samples",
        b"fLaC\x80\0\0\x22\x10\0\x10\0" + bytes(6) + b"\x0a\xc4\x42\xff" + b"\xff" * 4 + bytes(16),
    )
    yield "mp3 of 100 MB of tags", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(5000)
    yield "ogg without an end", b"OggS\0\2" + bytes(20) + b"\xff" + b"\xff" * 255 + bytes(400)
    yield "midi", b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + bytes(50)
    yield "a tracker's module", bytes(1080) + b"M.K." + bytes(1024)


def harmless_clips(file: str) -> Iterator[tuple[str, bytes]]:
    """What says that it is endless, or goes on elsewhere, and may be taken as what is in it."""
    yield "matroska of 2^60 seconds", mkv(16, 16, duration=2.0**60)
    yield "matroska that goes on in another file", mkv(16, 16, next_file=file)


def atom(kind: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind.encode() + body


def nested(depth: int) -> bytes:
    """Atoms in each other; the inmost first, so that it takes no time."""
    heads = [struct.pack(">I", 8 * (depth - level)) + b"moov" for level in range(depth)]
    return b"".join(heads)


def mov(samples: int = 10, size: int = 1, width: int = 16, height: int = 16, sound: bool = False) -> bytes:
    """A MOV of one track that says it has so many samples of so many bytes, in one chunk."""
    full, times = bytes(4), struct.pack(">IIII", 0, 0, 1000, 1000)
    if sound:
        entry = atom("sowt", bytes(6), b"\0\1", bytes(8), struct.pack(">HHHHI", 1, 8, 0, 0, 8000 << 16))
    else:
        box = struct.pack(">HHIIIH", width, height, 72 << 16, 72 << 16, 0, 1)
        entry = atom("raw ", bytes(6), b"\0\1", bytes(16), box, bytes(32), b"\0\x18\xff\xff")
    table = atom(
        "stbl",
        atom("stsd", full, b"\0\0\0\1", entry),
        atom("stts", full, struct.pack(">III", 1, min(samples, 2**31 - 1), 1)),
        atom("stsc", full, struct.pack(">IIII", 1, 1, min(samples, 2**31 - 1), 1)),
        atom("stsz", full, struct.pack(">II", size, samples)),
        atom("stco", full, struct.pack(">II", 1, 100)),
    )
    kind = b"soun" if sound else b"vide"
    track = atom(
        "trak",
        atom("tkhd", b"\0\0\0\7", bytes(8), b"\0\0\0\1", bytes(4), struct.pack(">I", 1000), bytes(52), bytes(8)),
        atom(
            "mdia",
            atom("mdhd", full, times, bytes(4)),
            atom("hdlr", full, bytes(4), kind, bytes(13)),
            atom("minf", atom("dinf", atom("dref", full, b"\0\0\0\1", atom("url ", b"\0\0\0\1"))), table),
        ),
    )
    return FTYP + atom("moov", atom("mvhd", full, times, bytes(80)), track) + atom("mdat", bytes(2000))


def elsewhere(film: bytes, file: str) -> bytes:
    """The head of a film alone, whose data reference says that its pictures are in that file."""
    path = file.encode() + bytes(len(file) % 2)
    alias = bytes(10) + b"\1V" + bytes(26) + bytes(12) + b"\x05film4" + bytes(58) + bytes(16) + b"\0\0\0\0" + bytes(16)
    alias += struct.pack(">HH", 18, len(path)) + path + struct.pack(">HH", 2, len(path)) + path + b"\xff\xff\0\0"
    reference = atom("dinf", atom("dref", bytes(4), b"\0\0\0\1", atom("alis", bytes(4), alias)))
    kept = [rewritten(body, reference) for kind, body in atoms(film) if kind in ("ftyp", "moov")]
    return b"".join(kept)


def rewritten(data: bytes, reference: bytes) -> bytes:
    kind = data[4:8].decode("latin-1")
    if kind == "dinf":
        return reference
    if kind not in ("moov", "trak", "mdia", "minf"):
        return data
    return atom(kind, *(rewritten(body, reference) for _, body in atoms(data[8:])))


def atoms(data: bytes) -> Iterator[tuple[str, bytes]]:
    while data:
        length = int.from_bytes(data[:4], "big")
        yield data[4:8].decode("latin-1"), data[:length]
        data = data[length:]


def element(identifier: int, *parts: bytes) -> bytes:
    """An EBML element."""
    body = b"".join(parts)
    return identifier.to_bytes((identifier.bit_length() + 7) // 8, "big") + b"\1" + len(body).to_bytes(7, "big") + body


def number(identifier: int, value: int) -> bytes:
    return element(identifier, value.to_bytes(8, "big"))


def mkv(
    width: int,
    height: int,
    codec: str = "V_MJPEG",
    frames: tuple[bytes, ...] = (as_file("JPEG"),),
    duration: float = 1000.0,
    *,
    font: bool = False,
    next_file: str = "",
) -> bytes:
    """A Matroska film of these frames, whatever they are."""
    head = element(0x1A45DFA3, element(0x4282, b"matroska"))
    info = element(0x1549A966, number(0x2AD7B1, 1_000_000), element(0x4489, struct.pack(">d", duration)))
    if next_file:
        info = element(
            0x1549A966, number(0x2AD7B1, 1_000_000), element(0x3EB923, bytes(16)), element(0x3E83BB, next_file.encode())
        )
    private = element(0x63A2, struct.pack("<IiiHH4sIIIII", 40, width, height, 1, 24, b"H264", 0, 0, 0, 0, 0))
    track = element(
        0xAE,
        number(0xD7, 1),
        number(0x73C5, 1),
        number(0x83, 1),
        element(0x86, codec.encode()),
        private if "FOURCC" in codec else b"",
        element(0xE0, number(0xB0, width), number(0xBA, height)),
    )
    attached = element(
        0x61A7, element(0x466E, b"../../evil.ttf"), element(0x4660, b"font/ttf"), element(0x465C, bytes(100))
    )
    blocks = [element(0xA3, b"\x81" + struct.pack(">h", 40 * at) + b"\x80" + frame) for at, frame in enumerate(frames)]
    cluster = element(0x1F43B675, number(0xE7, 0), *blocks)
    return head + element(
        0x18538067, info, element(0x1654AE6B, track), element(0x1941A469, attached) if font else b"", cluster
    )


def flat_jpeg(side: int) -> bytes:
    """A grey JPEG of that side, a multiple of 32: each block takes six bits, and four of them three bytes."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (32, 8), 128).save(out, "JPEG")
    small = out.getvalue()
    at, scan = small.index(b"\xff\xc0") + 5, small.index(b"\xff\xda")
    begin = scan + 2 + int.from_bytes(small[scan + 2 : scan + 4], "big")
    size = struct.pack(">HH", side, side)
    return small[:at] + size + small[at + 4 : begin] + b"\x28\xa2\x8a" * ((side // 8) ** 2 // 4) + b"\xff\xd9"


def h264(width: int, height: int, frames: int) -> tuple[bytes, ...]:
    """One grey picture, and that many more that repeat it; the decoder has to keep 16 of them."""
    across, down = width // 16, height // 16
    parameters = bits(100, 8) + bits(0, 8) + bits(51, 8) + ue(0) + ue(1) + ue(0) + ue(0) + "00" + ue(4) + ue(2) + ue(16)
    parameters += "0" + ue(across - 1) + ue(down - 1) + "1" + "1" + "0" + "0"
    pictures = ue(0) + ue(0) + "00" + ue(0) + ue(0) + ue(0) + "000" + ue(0) + ue(0) + ue(0) + "100"
    block = "00100111"  # predicted whole, from the mean; nothing is left over
    first = ue(0) + ue(7) + ue(0) + bits(0, 8) + ue(0) + "00" + ue(0) + ue(1) + block * (across * down)
    head = unit(0x67, parameters) + unit(0x68, pictures) + unit(0x65, first)
    skipped = ue(across * down)
    return head, *(
        unit(0x41, ue(0) + ue(5) + ue(0) + bits(at % 256, 8) + "000" + ue(0) + ue(1) + skipped)
        for at in range(1, frames)
    )


def bits(value: int, width: int) -> str:
    return f"{value:0{width}b}"


def ue(value: int) -> str:
    """An unsigned Exp-Golomb code."""
    code = f"{value + 1:b}"
    return "0" * (len(code) - 1) + code


def unit(kind: int, content: str) -> bytes:
    """A NAL unit, with the bytes that keep start codes out of it."""
    content += "1"
    content += "0" * (-len(content) % 8)
    raw = int(content, 2).to_bytes(len(content) // 8, "big")
    for low in (0, 1, 2, 3):
        raw = raw.replace(b"\0\0" + bytes([low]), b"\0\0\3" + bytes([low]))
    return b"\0\0\0\1" + bytes([kind]) + raw


def wav(rate: int = 8000, channels: int = 1, seconds: float = 0.1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 1, rate, 0, "NONE", ""))
        file.writeframes(b"\x80" * channels * int(rate * seconds))
    return out.getvalue()

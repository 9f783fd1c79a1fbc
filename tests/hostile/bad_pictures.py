"""Pictures that are bombs, lies, or something else as well: each made on the spot, none is stored."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

SCRIPT = b"<script>fetch('/api/auth/me')</script>"


def pictures() -> Iterator[tuple[str, bytes]]:
    """What must be refused wherever a picture is taken."""
    small = as_file("PNG")
    yield "png of 65535 squared", png(65535, 65535)
    yield "png of 2^31 wide", png(2**31 - 1, 1)
    yield "png of 64 million real pixels in 8 KiB", png(8000, 8000, bytes(1001 * 8000), depth=1, colour=0)
    yield "png of no size", png(0, 0)
    yield "png cut off", as_file("PNG", Image.effect_noise((64, 64), 90))[:2000]
    yield "png with a wrong checksum", small[:40] + bytes([small[40] ^ 1]) + small[41:]
    yield "png with a text of 20 MB", png(8, 8, chunks=[("zTXt", b"a\0\0" + zlib.compress(bytes(20 << 20), 1))])
    yield "png whose animation has frames beyond its canvas", apng(2**31 - 1, (4000, 4000))
    yield "gif of 65535 squared", gif(65535, 65535)
    yield "gif that is a script", gif(0x2F2A, 16) + b"*/=1;fetch('/api/auth/me');//"
    yield "gif of 5000 frames", gif(8192, 4096) + gif(8192, 4096)[13:-1] * 5000 + b";"
    yield "tiff of 2^31 squared", tiff(2**31 - 1, 2**31 - 1)
    yield "tiff whose strip is 4 GB", tiff(8, 8, strip=2**32 - 1)
    yield (
        "bmp of 30000 squared",
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, *2 * [30000], 1, 24, *6 * [0]),
    )
    yield "jpeg of 65500 squared", jpeg(65500, 65500)
    yield "jpeg of 10000 scans", jpeg_of_scans(10_000)
    yield "jpeg cut off", as_file("JPEG", Image.effect_noise((256, 256), 90))[:3000]
    yield "webp of 16384 squared", webp(16384, 16384)
    yield "webp cut off", as_file("WEBP", Image.effect_noise((64, 64), 90))[:900]
    yield "webp whose animation has frames of 16384 squared", webp(64, 64, frame=(16384, 16384))
    yield "avif", b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B" + bytes(200)
    yield "jpeg 2000", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(200)
    yield "eps that runs a program", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n"
    yield "psd", b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30000, 30000, 8, 3)
    yield (
        "ico of one png bomb",
        b"\0\0\1\0\1\0" + struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, 60, 22) + png(65535, 65535),
    )


def harmless() -> Iterator[tuple[str, str, bytes]]:
    """What is a picture and something else as well, and may be taken as the picture: name, media type, file."""
    picture = as_file("PNG")
    yield "png with a page behind it", "image/png", picture + b"<html>" + SCRIPT
    yield "png with a zip behind it", "image/png", picture + b"PK\3\4" + bytes(100)
    yield "png with a script in its text", "image/png", png(8, 8, chunks=[("tEXt", b"Comment\0" + SCRIPT)])
    yield "png whose pixels go on", "image/png", png(8, 8, bytes(50 << 20))
    yield "png of 100 million animated frames", "image/png", apng(100_000_000, (8, 8))
    yield "jpeg with a script in its comment", "image/jpeg", jpeg_with(0xFE, b"*/=1;alert(1)//" + SCRIPT)
    yield (
        "jpeg whose EXIF points at itself",
        "image/jpeg",
        jpeg_with(0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0"),
    )
    yield "webp with 200 large frames", "image/webp", moving(200, (2048, 1152))
    yield "as many pixels as may be", "image/png", png(8192, 4882, bytes(4882 * (8192 * 4 + 1)), colour=6)


def as_file(kind: str, picture: Image.Image | None = None) -> bytes:
    out = io.BytesIO()
    (picture or Image.new("RGB", (64, 36), "teal")).convert("RGB").save(out, kind)
    return out.getvalue()


def chunk(kind: str, data: bytes) -> bytes:
    body = kind.encode() + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(
    width: int,
    height: int,
    pixels: bytes | None = None,
    depth: int = 8,
    colour: int = 2,
    chunks: list[tuple[str, bytes]] | None = None,
) -> bytes:
    """A PNG of that header; without `pixels` it has a few, which are enough for 8 x 8."""
    head = chunk("IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    more = b"".join(chunk(kind, data) for kind, data in chunks or [])
    data = chunk("IDAT", zlib.compress(bytes(200) if pixels is None else pixels, 1))
    return b"\x89PNG\r\n\x1a\n" + head + more + data + chunk("IEND", b"")


def apng(frames: int, frame: tuple[int, int]) -> bytes:
    control = struct.pack(">IIIIIHHBB", 0, *frame, 0, 0, 1, 10, 0, 0)
    return png(8, 8, chunks=[("acTL", struct.pack(">II", frames & 0x7FFFFFFF, 0)), ("fcTL", control)])


def gif(width: int, height: int) -> bytes:
    size = struct.pack("<HH", width, height)
    return b"GIF89a" + size + b"\x80\0\0\0\0\0\xff\xff\xff," + bytes(4) + size + b"\0\2\2\x4c\1\0;"


def tiff(width: int, height: int, strip: int = 100) -> bytes:
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: strip}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4)


def jpeg(width: int, height: int) -> bytes:
    """A JPEG that says it is so large."""
    small = as_file("JPEG")
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", height, width) + small[at + 4 :]


def jpeg_with(marker: int, data: bytes) -> bytes:
    small = as_file("JPEG")
    return small[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + small[2:]


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is there again and again: each is a walk over all of the picture."""
    out = io.BytesIO()
    Image.new("L", (8192, 4880)).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * count + b"\xff\xd9"


def webp(width: int, height: int, frame: tuple[int, int] | None = None) -> bytes:
    """An extended WebP of that canvas; with a frame of another size, if there is one."""

    def triple(number: int) -> bytes:
        return (number - 1).to_bytes(3, "little")

    body = b"VP8X" + struct.pack("<I", 10) + (b"\2" if frame else b"\0") + bytes(3) + triple(width) + triple(height)
    if frame:
        inside = bytes(6) + triple(frame[0]) + triple(frame[1]) + bytes(4) + b"VP8L\5\0\0\0\x2f" + bytes(5)
        body += b"ANIM\6\0\0\0" + bytes(6) + b"ANMF" + struct.pack("<I", len(inside)) + inside
    else:
        body += b"VP8L\5\0\0\0\x2f" + bytes(5)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def moving(frames: int, size: tuple[int, int]) -> bytes:
    """An animated WebP of equal frames, put together from the bytes of one."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "WEBP", lossless=True)
    still = out.getvalue()[12:]

    def triple(number: int) -> bytes:
        return number.to_bytes(3, "little")

    sides = triple(size[0] - 1) + triple(size[1] - 1)
    inside = bytes(6) + sides + triple(10) + b"\0" + still
    body = b"VP8X" + struct.pack("<I", 10) + b"\2" + bytes(3) + sides + b"ANIM\6\0\0\0" + bytes(6)
    body += (b"ANMF" + struct.pack("<I", len(inside)) + inside) * frames
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body

"""Small pictures of pictures, for pages that show many at once."""

from pathlib import Path

from storyreel.errors import MediaError

QUALITY = 80
"""Of WebP: a frame 320 pixels wide takes 6 to 15 KB, and shows no blocks."""


def write_thumbnail(picture: Path, width: int, out: Path) -> tuple[int, int]:
    """Write a picture as WebP, scaled down to `width` pixels, and say how large it is; it is never scaled up.

    Raises:
        MediaError: it cannot be read, or not be written (code `encode_failed`).
    """
    from PIL import Image

    try:
        with Image.open(picture) as image:
            size = min(width, image.width), max(1, round(image.height * min(1, width / image.width)))
            image.draft("RGB", size)  # a JPEG is decoded no larger than needed
            whole = image.convert("RGBA" if image.has_transparency_data else "RGB")
            whole.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0).save(out, "WEBP", quality=QUALITY)
            return size
    except (OSError, SyntaxError, ValueError) as error:
        raise MediaError("The picture cannot be made smaller.", code="encode_failed") from error

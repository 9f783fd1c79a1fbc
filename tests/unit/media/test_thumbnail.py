from pathlib import Path

import pytest
from PIL import Image

from storyreel.errors import MediaError
from storyreel.media.thumbnail import write_thumbnail


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L")]
)
def test_every_kind_of_picture_becomes_a_small_one(tmp_path: Path, kind: str, mode: str) -> None:
    Image.radial_gradient("L").resize((1000, 562)).convert(mode).save(tmp_path / "whole", kind)
    assert write_thumbnail(tmp_path / "whole", 320, tmp_path / "small") == (320, 180)
    with Image.open(tmp_path / "small") as small:
        assert (small.format, small.size, small.mode) == ("WEBP", (320, 180), "RGB")
        assert abs(small.convert("L").getpixel((160, 90)) - 0) < 12
    assert write_thumbnail(tmp_path / "whole", 4000, tmp_path / "same") == (1000, 562)


def test_what_is_no_picture_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "whole").write_bytes(b"no picture")
    with pytest.raises(MediaError):
        write_thumbnail(tmp_path / "whole", 320, tmp_path / "small")

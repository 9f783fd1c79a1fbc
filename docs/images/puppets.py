"""Draws the pictures of docs/howto/add-a-pose.md and add-a-prop.md: .venv/bin/python docs/images/puppets.py"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.domain.storyboard import Character, Framing, SceneSpec, Subject
from storyreel.engines.backends.builtin.illustrator import art
from storyreel.engines.backends.builtin.illustrator.render import still
from storyreel.engines.backends.builtin.illustrator.vector import Drawing
from storyreel.engines.contracts.image import ImageRequest

HERE = Path(__file__).parent
CAST = (
    Character("tom", "Tom", "boy", "red striped shirt", 3),
    Character("ann", "Ann", "woman", "green dress", 22),
    Character("bob", "Bob", "man", "beard", 12),
    Character("gran", "Gran", "old woman", "", 5),
    Character("ned", "Ned", "horse", "", 1),
    Character("pip", "Pip", "baby", "", 2),
    Character("rex", "Rex", "dog", "", 3),
)
SCENES = (
    ("meadow", Subject("tom", "hug", "happy", toward="gran"), Subject("gran", expression="happy")),
    ("village", Subject("bob", "give", holds="letter", toward="ann"), Subject("ann", expression="wonder")),
    ("village", Subject("ann", "carry", "happy", toward="pip"), Subject("pip", expression="happy")),
    ("meadow", Subject("ann", "ride", "happy", toward="ned"), Subject("ned", "run")),
    ("park", Subject("bob", "sit", "sad"), Subject("rex", "sit")),
    ("forest", Subject("tom", "climb", "wonder")),
    ("lake", Subject("bob", "row"), Subject("tom", "sit", "laugh")),
    ("bedroom", Subject("gran", "sleep")),
    ("road", Subject("bob", "push", "determined")),
    ("village", Subject("ann", "dance", "happy", toward="bob"), Subject("bob", expression="laugh")),
    ("meadow", Subject("tom", "jump", "laugh"), Subject("rex", "run", "happy")),
    ("street", Subject("gran", "point", toward="bob"), Subject("bob", "fall", "scared")),
)
PROPS = (
    "teapot",
    "bowl",
    "red lantern",
    "guitar",
    "suitcase",
    "snake",
    "sled",
    "fan",
    "camera",
    "sofa",
    "net",
    "piano",
)
COLUMNS, SHOWN, GAP = 4, (240, 135), 6
PLATE = (110, 100)


def sheet_of(pictures: Sequence[Image.Image], columns: int, ground: str) -> Image.Image:
    """The pictures in rows."""
    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) - GAP, rows * (height + GAP) - GAP), ground)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        sheet.paste(picture, (column * (width + GAP), row * (height + GAP)))
    return sheet


def scene_of(setting: str, *subjects: Subject) -> Image.Image:
    time = "night" if setting == "bedroom" else "noon"
    scene = SceneSpec(setting, time, framing=Framing.WIDE, subjects=subjects)
    style = Style.CINEMATIC if time == "night" else Style.ANIME
    picture = still(ImageRequest("", style, Canvas(640, 360), 7, scene=scene, characters=CAST))
    return Image.fromarray(picture).resize(SHOWN, Image.Resampling.LANCZOS)


def plate_of(drawing: Drawing) -> Image.Image:
    """A drawing on a plain ground."""
    _, _, width, height = drawing.box
    scale = min((PLATE[0] - 16) / width, (PLATE[1] - 12) / height)
    pixels = drawing.raster(round(width * scale), round(height * scale))
    alpha = np.maximum(pixels[..., 3:], 1e-3)
    straight = np.concatenate([pixels[..., :3] / alpha, pixels[..., 3:]], axis=2)
    picture = Image.fromarray((np.clip(straight, 0, 1) * 255).astype(np.uint8))
    plate = Image.new("RGB", PLATE, "#c3d2dc")
    plate.paste(picture, ((PLATE[0] - picture.width) // 2, PLATE[1] - 6 - picture.height), picture)
    return plate


def main() -> None:
    scenes = [scene_of(*scene) for scene in SCENES]
    sheet_of(scenes, COLUMNS, "#1e1e1e").save(HERE / "poses.jpg", quality=70, optimize=True)
    plates = [plate_of(art.draw(name)) for name in PROPS]
    sheet_of(plates, 6, "#ffffff").save(HERE / "props.jpg", quality=80, optimize=True)


if __name__ == "__main__":
    main()

"""Trees of several kinds, as the season has them: in leaf, in blossom, turning, or bare under snow."""

import math
from collections.abc import Sequence

from storyreel.engines.backends.builtin.illustrator.chance import Chance, dice
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.land import height_at, pine, snow_color
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.seasons import leaf_paint
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, Point

_BARK = "#5a4334"
_KEEPS_LEAVES = ("pine", "palm", "bamboo")
_CROWNS = {"round": (0.30, 0.62, 0.21), "poplar": (0.10, 0.50, 0.40), "plum": (0.36, 0.60, 0.15)}
"""Half the width, the middle and half the height of the crown, in shares of the tree's height."""


def tree(
    scene: Scene,
    sheet: Drawing,
    at: Point,
    height: float,
    depth: float,
    chance: Chance,
    kind: str = "round",
    paint: str = "#4f8148",
    light: float = 1.0,
) -> None:
    """A tree that stands at a point. Kinds: round, poplar, plum, willow, pine, palm, bamboo."""
    if scene.snowy and kind not in _KEEPS_LEAVES:
        _bare(scene, sheet, at, height, depth, chance)
        return
    if kind in _KEEPS_LEAVES:
        color = scene.color(paint, depth, light)
        if kind == "pine":
            pine(sheet, *at, height, color, chance, snow_color(scene, depth + 0.1) if scene.snowy else None)
        else:
            {"palm": _palm, "bamboo": _bamboo}[kind](scene, sheet, at, height, color, chance)
        return
    blossoms = kind != "willow" or scene.season == "autumn"  # a willow has no petals
    color = scene.color(leaf_paint(scene, paint, chance) if blossoms else paint, depth, light)
    bark = mix(scene.color(_BARK, depth, 0.9), color, 0.15)
    if kind == "willow":
        _willow(sheet, at, height, color, bark, chance)
        return
    _trunk(sheet, at, height, bark, chance, kind)
    _crown(sheet, at, height, color, chance, _CROWNS[kind])


def _trunk(sheet: Drawing, at: Point, height: float, bark: Color, chance: Chance, kind: str) -> None:
    x, y, h = *at, height
    wide = 0.022 if kind == "poplar" else 0.036
    lean = chance.uniform(-0.05, 0.05) if kind != "plum" else chance.choice((-0.14, 0.14))
    sheet.path(
        f"M{x - h * wide * 1.7:.1f} {y:.1f} C{x - h * wide:.1f} {y - h * 0.08:.1f} {x - h * (wide - lean * 0.5):.1f} "
        f"{y - h * 0.28:.1f} {x + h * (lean - wide * 0.5):.1f} {y - h * 0.6:.1f} L{x + h * (lean + wide * 0.5):.1f} "
        f"{y - h * 0.6:.1f} C{x + h * (wide + lean * 0.4):.1f} {y - h * 0.28:.1f} {x + h * wide:.1f} "
        f"{y - h * 0.08:.1f} {x + h * wide * 1.9:.1f} {y:.1f}Z",
        bark,
    )
    for side in (-1, 1):
        reach = h * chance.uniform(0.12, 0.2)
        twig = f"M{x + lean * h * 0.6:.1f} {y - h * 0.36:.1f} q{side * reach * 0.3:.1f} {-h * 0.1:.1f} "
        sheet.path(twig + f"{side * reach:.1f} {-h * 0.2:.1f}", stroke=bark, width=h * wide * 0.6)


def _crown(
    sheet: Drawing, at: Point, height: float, color: Color, chance: Chance, shape: tuple[float, float, float]
) -> None:
    """Clumps of leaves about an oval: dark below, lit above on the left, a few bright tufts and gaps."""
    x, y, h = *at, height
    half, middle, tall = (share * h for share in shape)
    clumps: list[tuple[float, float, float]] = []
    for i in range(11):
        turn = i * 2.4 + chance.uniform(-0.3, 0.3)
        away = math.sqrt((i + 0.5) / 11)
        size = h * (0.15 - 0.05 * away) * chance.uniform(0.85, 1.15) * min(1, half / (0.22 * h) + 0.25)
        clumps.append((x + math.cos(turn) * away * half, y - middle + math.sin(turn) * away * tall, size))
    clumps.sort(key=lambda clump: clump[1])
    shadow, bright = darken(color, 0.70), mix(color, "#fff6d8", 0.22)
    for cx, cy, size in clumps:
        sheet.oval(cx + size * 0.1, cy + size * 0.16, size * 1.04, shadow)
    for cx, cy, size in clumps:
        high = (y - middle + tall - cy) / (2 * tall)
        sheet.oval(cx - size * 0.10, cy - size * 0.10, size * 0.88, darken(color, 0.84 + 0.2 * high))
    for cx, cy, size in clumps[:7]:
        for _ in range(3):
            dx, dy = chance.uniform(-0.6, 0.3) * size, chance.uniform(-0.8, 0.1) * size
            sheet.oval(cx + dx, cy + dy, size * chance.uniform(0.16, 0.34), bright, opacity=0.75)


def _bare(scene: Scene, sheet: Drawing, at: Point, height: float, depth: float, chance: Chance) -> None:
    """Trunk and branches with nothing on them but, perhaps, snow."""
    bark = scene.color(_BARK, depth)
    snow = snow_color(scene, depth + 0.1)
    tips: list[tuple[float, float, float, float]] = [(*at, -math.pi / 2, height * 0.36)]
    width = height * 0.05
    for level in range(4):
        limbs, grown = "", list[tuple[float, float, float, float]]()
        ridges = ""
        for x, y, turn, length in tips:
            ex, ey = x + math.cos(turn) * length, y + math.sin(turn) * length
            limbs += f"M{x:.1f} {y:.1f} Q{x + (ex - x) * 0.4:.1f} {y + (ey - y) * 0.6:.1f} {ex:.1f} {ey:.1f} "
            if level:
                lift = width * 0.42
                ridges += f"M{x:.1f} {y - lift:.1f} L{ex:.1f} {ey - lift:.1f} "
            spread = chance.uniform(0.32, 0.62)
            for bend in (-spread, chance.uniform(-0.15, 0.15), spread)[:: 1 if level else 2]:
                grown.append((ex, ey, turn + bend, length * chance.uniform(0.55, 0.74)))
        sheet.path(limbs, stroke=bark, width=max(0.8, width))
        if ridges:
            sheet.path(ridges, stroke=snow, width=max(0.7, width * 0.5), opacity=0.9)
        tips, width = grown, width * 0.55


def _willow(sheet: Drawing, at: Point, height: float, color: Color, bark: Color, chance: Chance) -> None:
    x, y, h = *at, height
    sheet.path(
        f"M{x - h * 0.05:.1f} {y:.1f} Q{x - h * 0.02:.1f} {y - h * 0.3:.1f} {x - h * 0.06:.1f} {y - h * 0.72:.1f} "
        f"L{x + h * 0.03:.1f} {y - h * 0.72:.1f} Q{x + h * 0.03:.1f} {y - h * 0.3:.1f} {x + h * 0.07:.1f} {y:.1f}Z",
        bark,
    )
    sheet.oval(x, y - h * 0.76, h * 0.26, darken(color, 0.8), ry=h * 0.17)
    for i in range(26):
        turn = i / 25 * 2 - 1
        start = x + turn * h * 0.24, y - h * (0.9 - 0.16 * turn * turn)
        out, down = turn * h * 0.26, h * chance.uniform(0.4, 0.72) * (1.05 - 0.35 * abs(turn))
        strand = f"M{start[0]:.1f} {start[1]:.1f} q{out * 0.7:.1f} {-h * 0.02:.1f} {out:.1f} {down:.1f}"
        shade = darken(color, chance.uniform(0.74, 1.0)) if i % 3 else mix(color, "#ffffff", 0.18)
        sheet.path(strand, stroke=shade, width=h * 0.026, opacity=0.92)


def _palm(scene: Scene, sheet: Drawing, at: Point, height: float, color: Color, chance: Chance) -> None:
    x, y, h = *at, height
    lean = chance.uniform(-0.22, 0.22) * h
    bark = mix(color, scene.color("#8a6a48", 0.8), 0.75)
    top = x + lean, y - h * 0.78
    sheet.path(
        f"M{x - h * 0.035:.1f} {y:.1f} Q{x:.1f} {y - h * 0.4:.1f} {top[0] - h * 0.016:.1f} {top[1]:.1f} "
        f"L{top[0] + h * 0.02:.1f} {top[1]:.1f} Q{x + h * 0.05:.1f} {y - h * 0.4:.1f} {x + h * 0.035:.1f} {y:.1f}Z",
        bark,
    )
    for i in range(9):
        turn = math.radians(-170 + i * 20 + chance.uniform(-7, 7))
        reach = h * chance.uniform(0.36, 0.46)
        end = top[0] + math.cos(turn) * reach, top[1] + math.sin(turn) * reach * 0.5 + h * 0.16
        rise = top[1] + math.sin(turn) * reach * 0.85 - h * 0.05
        middle = (top[0] + end[0]) / 2
        shade = darken(color, chance.uniform(0.74, 1.08))
        leaf = f"M{top[0]:.1f} {top[1]:.1f} Q{middle:.1f} {rise:.1f} {end[0]:.1f} {end[1]:.1f} "
        sheet.path(leaf + f"Q{middle:.1f} {rise + h * 0.11:.1f} {top[0]:.1f} {top[1]:.1f}Z", shade)


def _bamboo(scene: Scene, sheet: Drawing, at: Point, height: float, color: Color, chance: Chance) -> None:
    """A clump of five canes."""
    x, y, h = *at, height
    for i in range(5):
        cane = x + (i - 2) * h * 0.05 + chance.uniform(-0.02, 0.02) * h
        tall, lean = h * chance.uniform(0.75, 1), chance.uniform(-0.08, 0.08) * h
        shade = darken(color, chance.uniform(0.8, 1.1))
        stem = f"M{cane:.1f} {y:.1f} Q{cane:.1f} {y - tall * 0.6:.1f} {cane + lean:.1f} {y - tall:.1f}"
        sheet.path(stem, stroke=shade, width=h * 0.016)
        for k in range(7):
            up = 0.4 + 0.6 * k / 6
            lx, ly = cane + lean * up * up, y - tall * up
            for side in (-1, 1):
                reach, drop = side * h * chance.uniform(0.06, 0.12), h * chance.uniform(0.0, 0.06)
                leaf = f"M{lx:.1f} {ly:.1f} q{reach * 0.5:.1f} {-h * 0.02:.1f} {reach:.1f} {drop:.1f} "
                sheet.path(
                    leaf + f"q{-reach * 0.6:.1f} {h * 0.004:.1f} {-reach:.1f} {-drop:.1f}Z", mix(shade, color, 0.3)
                )


def grove(
    scene: Scene,
    sheet: Drawing,
    points: Sequence[Point],
    depth: float,
    number: float,
    sizes: tuple[float, float],
    chance: Chance,
    *,
    kinds: Sequence[str] = ("round",),
    paint: str = "#4f8148",
    gap: tuple[float, float] = (1, 0),
) -> None:
    """Trees along a skyline: `number` in a 16:9 picture, `sizes` shares of its height, none within the `gap`."""
    trees = [
        (
            chance.random(),
            chance.uniform(*sizes),
            chance.choice(kinds),
            chance.uniform(0.88, 1.08),
            chance.getrandbits(31),
        )
        for _ in range(scene.count(number))
    ]
    for share, size, kind, light, seed in sorted(trees, key=lambda one: one[1]):
        if not gap[0] < share < gap[1]:
            x = share * scene.width
            at = x, height_at(points, x) + scene.tall(size) * 0.06
            tree(scene, sheet, at, scene.tall(size), depth, dice(seed), kind, paint, light)

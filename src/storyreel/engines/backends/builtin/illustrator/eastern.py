"""What is built in old China: walls and tiled roofs with turned-up eaves, houses, halls, moon gates."""

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix
from storyreel.engines.backends.builtin.illustrator.land import lit_window, snow_color
from storyreel.engines.backends.builtin.illustrator.scene import Scene
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_TILE = "#5f6670"
_PLASTER = "#ece6d8"
_LACQUER = "#a83a30"
_TIMBER = "#6a4030"


def roof(
    scene: Scene, sheet: Drawing, x: float, y: float, width: float, height: float, depth: float, paint: str = _TILE
) -> None:
    """A tiled roof whose eaves' middle is (x, y): concave slopes, rows of tiles, turned-up corners, a ridge."""
    tiles = scene.color(paint, depth)
    over = snow_color(scene, depth) if scene.snowy else tiles
    half, top, crest = width / 2, y - height, width * 0.32
    curl = height * 0.30
    outline = (
        f"M{x - half:.1f} {y - curl:.1f} Q{x - half * 0.86:.1f} {y - curl * 0.1:.1f} {x - half * 0.7:.1f} {y:.1f} "
        f"H{x + half * 0.7:.1f} Q{x + half * 0.86:.1f} {y - curl * 0.1:.1f} {x + half:.1f} {y - curl:.1f} "
        f"Q{x + crest * 1.15:.1f} {y - height * 0.36:.1f} {x + crest:.1f} {top:.1f} H{x - crest:.1f} "
        f"Q{x - crest * 1.15:.1f} {y - height * 0.36:.1f} {x - half:.1f} {y - curl:.1f}Z"
    )
    sheet.path(outline, sheet.linear([(0, mix(over, "#ffffff", 0.12)), (1, darken(over, 0.82))]))
    rows = ""
    number = max(8, round(width / max(5.0, height * 0.14)))
    for k in range(1, number):
        t = k / number * 2 - 1
        rows += f"M{x + t * crest:.1f} {top + 2:.1f} Q{x + t * crest * 1.2:.1f} {y - height * 0.36:.1f} "
        rows += f"{x + t * half * 0.9:.1f} {y - curl * abs(t) ** 6:.1f} "
    sheet.path(rows, stroke=darken(over, 0.74 if not scene.snowy else 0.9), width=max(1, height * 0.025), opacity=0.8)
    shade = f"M{x - half:.1f} {y - curl:.1f} Q{x - half * 0.86:.1f} {y - curl * 0.1:.1f} {x - half * 0.7:.1f} {y:.1f} "
    shade += f"H{x + half * 0.7:.1f} Q{x + half * 0.86:.1f} {y - curl * 0.1:.1f} {x + half:.1f} {y - curl:.1f}"
    sheet.path(shade, stroke=darken(tiles, 0.55), width=height * 0.055)
    sheet.rect(x - crest * 1.06, top - height * 0.07, crest * 2.12, height * 0.1, darken(tiles, 0.66), round_=2)
    for side in (-1, 1):
        horn = f"M{x + side * crest * 0.96:.1f} {top:.1f} q{side * height * 0.12:.1f} {-height * 0.02:.1f} "
        sheet.path(
            horn + f"{side * height * 0.14:.1f} {-height * 0.2:.1f}", stroke=darken(tiles, 0.6), width=height * 0.07
        )


def house(
    scene: Scene, sheet: Drawing, x: float, y: float, width: float, depth: float, *, lantern: bool = True
) -> None:
    """A whitewashed house whose left foot is at (x, y): lattice windows, a red door, a lantern at the eaves."""
    w, h = width, width * 0.5
    walls, timber = scene.color(_PLASTER, depth), scene.color(_TIMBER, depth)
    pane = lit_window(scene, depth)
    sheet.rect(x, y - h, w, h, sheet.linear([(0, darken(walls, 0.82)), (1, walls)]))
    sheet.rect(x, y - h * 0.12, w, h * 0.12, scene.color("#9a968e", depth))
    for at in (0.0, 0.32, 0.66, 0.97):
        sheet.rect(x + w * at, y - h, w * 0.03, h, timber)
    for at in (0.08, 0.74):
        lattice(sheet, x + w * at, y - h * 0.72, w * 0.18, h * 0.4, pane, timber)
        if scene.palette.lamps:
            scene.lamp(x + w * (at + 0.1), y - h * 0.5, w * 0.45, "#ffb860", 0.5)
    sheet.rect(x + w * 0.38, y - h * 0.74, w * 0.25, h * 0.74, scene.color(_LACQUER, depth))
    sheet.rect(x + w * 0.5, y - h * 0.74, w * 0.012, h * 0.74, timber)
    roof(scene, sheet, x + w / 2, y - h * 0.94, w * 1.26, w * 0.36, depth)
    if lantern:
        for at in (0.35, 0.66):
            scenery.put(scene, sheet, "red_lantern", x + w * at, y - h * 0.62, h * 0.34, depth)


def lattice(
    sheet: Drawing, x: float, y: float, width: float, height: float, pane: Color, wood: Color, squares: int = 4
) -> None:
    """A window of paper behind a wooden lattice."""
    sheet.rect(x, y, width, height, pane)
    bars = "".join(f"M{x + width * k / squares:.1f} {y:.1f} v{height:.1f} " for k in range(1, squares))
    bars += "".join(f"M{x:.1f} {y + height * k / squares:.1f} h{width:.1f} " for k in range(1, squares))
    sheet.path(bars, stroke=wood, width=max(0.8, width * 0.03))
    sheet.path(f"M{x:.1f} {y:.1f} h{width:.1f} v{height:.1f} h{-width:.1f}Z", stroke=wood, width=max(1, width * 0.06))


def hall(
    scene: Scene,
    sheet: Drawing,
    x: float,
    y: float,
    width: float,
    depth: float,
    storeys: int = 1,
    tiles: str = "#6a7a5a",
) -> None:
    """A temple hall whose front's middle foot is (x, y): terrace and steps, red columns, one roof per storey."""
    w = width
    stone, red = scene.color("#b4aea4", depth), scene.color(_LACQUER, depth)
    pane, timber = lit_window(scene, depth), scene.color("#7a3228", depth)
    for k in range(3):
        sheet.rect(
            x - w * (0.56 - 0.02 * k),
            y - w * 0.022 * (k + 1),
            w * (1.12 - 0.04 * k),
            w * 0.024,
            darken(stone, 0.8 + 0.08 * k),
        )
    for k in range(4):
        sheet.rect(x - w * 0.13, y - w * 0.0165 * (k + 1), w * 0.26, w * 0.018, darken(stone, 0.7 + 0.09 * k))
    foot = y - w * 0.066
    for storey in range(storeys):
        wide, tall = w * (1 - 0.24 * storey), w * (0.27 if storey == 0 else 0.13)
        sheet.rect(x - wide * 0.44, foot - tall, wide * 0.88, tall, darken(timber, 0.5))
        for k in range(5):
            left = x - wide * 0.42 + wide * 0.84 * k / 5
            panel = scene.color("#6a2420", depth) if k == 2 and storey == 0 else pane
            lattice(sheet, left + wide * 0.02, foot - tall * 0.82, wide * 0.13, tall * 0.8, panel, timber, 3)
        for k in range(6):
            at = x - wide * 0.44 + wide * 0.88 * k / 5
            sheet.rect(
                at - w * 0.014,
                foot - tall,
                w * 0.028,
                tall,
                sheet.linear([(0, darken(red, 0.6)), (0.5, red), (1, darken(red, 0.7))], (0, 0), (1, 0)),
            )
        band = scene.color("#3f7a84", depth)
        sheet.rect(x - wide * 0.47, foot - tall * 1.02, wide * 0.94, w * 0.03, band)
        sheet.rect(
            x - wide * 0.47, foot - tall * 1.02 + w * 0.012, wide * 0.94, w * 0.006, scene.color("#d8b052", depth)
        )
        tall_roof = w * (0.20 if storey == storeys - 1 else 0.13)
        roof(scene, sheet, x, foot - tall * 0.98, wide * 1.24, tall_roof, depth, tiles)
        if scene.palette.lamps:
            scene.lamp(x, foot - tall * 0.5, wide * 0.6, "#ffb060", 0.55)
        foot -= tall + tall_roof * 0.62


def wall(scene: Scene, sheet: Drawing, left: float, right: float, y: float, height: float, depth: float) -> None:
    """A white garden wall with a tiled cap."""
    white, tiles = scene.color(_PLASTER, depth), scene.color(_TILE, depth)
    cap = snow_color(scene, depth) if scene.snowy else tiles
    sheet.rect(left, y - height, right - left, height, sheet.linear([(0, darken(white, 0.84)), (1, white)]))
    sheet.rect(left, y - height * 0.08, right - left, height * 0.08, scene.color("#8f8b84", depth))
    tall = height * 0.13
    sheet.rect(left, y - height - tall, right - left, tall, sheet.linear([(0, cap), (1, darken(cap, 0.7))]))
    step = tall * 0.42
    x, rows = left, ""
    while x < right:
        rows += f"M{x:.1f} {y - height - tall:.1f} v{tall:.1f} "
        x += step
    sheet.path(rows, stroke=darken(tiles, 0.7), width=step * 0.24, opacity=0.7)
    sheet.rect(left, y - height - tall * 1.35, right - left, tall * 0.4, darken(tiles, 0.62), round_=2)


def moon_gate(scene: Scene, sheet: Drawing, x: float, y: float, radius: float, depth: float) -> str:
    """The stone rim of a round gate standing on y; returns the path of its opening."""
    cy, r = y - radius * 0.86, radius
    stone = scene.color("#8f8b84", depth)
    opening = f"M{x - r * 0.5:.1f} {y:.1f} A{r:.1f} {r:.1f} 0 1 1 {x + r * 0.5:.1f} {y:.1f}Z"
    sheet.oval(x, cy, r * 1.12, stone)
    sheet.rect(x - r * 0.66, y - r * 0.2, r * 1.32, r * 0.2, stone)
    sheet.path(opening, mix(scene.palette.haze, scene.color("#8fae8a", 0.4), 0.6))
    return opening

"""The moon's surface, and open space."""

import numpy as np

from storyreel.engines.backends.builtin.illustrator.chance import Chance, dice
from storyreel.engines.backends.builtin.illustrator.color import Color, Paint, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.ground import patches
from storyreel.engines.backends.builtin.illustrator.land import field, frame, hill
from storyreel.engines.backends.builtin.illustrator.layers import Role, glow
from storyreel.engines.backends.builtin.illustrator.noise import clouds
from storyreel.engines.backends.builtin.illustrator.pixels import resize
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting, number
from storyreel.engines.backends.builtin.illustrator.scenery import put, shadow
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.vector import Drawing

_MESAS = (
    (0.60, 0.16, ((0.12, 0.14), (0.42, 0.10), (0.88, 0.16))),
    (0.66, 0.36, ((0.30, 0.17), (0.90, 0.26))),
    (0.715, 0.52, ((0.02, 0.30),)),
)
"""For each row its foot and depth, and where each mesa stands and how tall it is."""
_BOULDERS = (
    (0.13, 0.80, 0.09),
    (0.055, 0.83, 0.15),
    (0.20, 0.815, 0.035),
    (0.90, 0.82, 0.17),
    (0.80, 0.80, 0.06),
    (0.97, 0.85, 0.10),
)
"""Where across the moon's stones lie, where their foot is, and how tall they are."""
_NEBULAE = {"streaks": ("#1c6a78", "#b8683a"), "cumulus": ("#6a3cc9", "#e0508a"), "soft": ("#33508f", "#7a4a78")}


def moon(scene: Scene) -> Place:
    sky(scene, 0.62, stars=1.7, clouds=0, bodies=False)
    sheet, _ = hill(scene, 0.585, 0.05, 0.14, "#7d809a", 19, mist=0.1, jag=0.028, step=34)
    scene.add("peaks", sheet, 0.14)
    for i, (height, swing, depth, paint) in enumerate(((0.625, 0.045, 0.28, "#8d8fa6"), (0.68, 0.03, 0.45, "#a3a3b2"))):
        sheet, _ = hill(scene, height, swing, depth, paint, 20 + i, mist=0.18)
        _craters(scene, sheet, height + 0.05, height + 0.12, 6, scene.color(paint, depth), i)
        scene.add(f"ridge {i}", sheet, depth, texture=0 if scene.look.manga else max(0.07, scene.look.texture))
    _dust(scene, "#c9c7cf", "moon")
    sheet = scene.drawing(top=0.5)
    for at, foot, tall in _BOULDERS:
        wide = scene.tall(tall) * 1.5
        shadow(sheet, scene.x(at), scene.y(foot) - 2, wide, scene.ground_color)
        put(scene, sheet, "bare_boulder", scene.x(at), scene.y(foot), scene.tall(tall), 0.88, mirrored=at > 0.5)
    scene.add("boulders", sheet, 0.81)
    frame(scene, "rocks", -1)
    frame(scene, "rocks", 1)
    return Place(0.9, 0.62)


def _dust(scene: Scene, paint: str, relief: str) -> None:
    """Bare ground with craters and stones."""
    color, chance = scene.color(paint, 0.85), scene.dice("stones")
    sheet, _ = field(scene, 0.745, 0.016, color, 31, foot=0.45)
    patches(scene, sheet, 0.745, color, chance, darken(color, 0.86))
    if scene.look.manga or relief != "moon":
        _craters(scene, sheet, 0.79, 1.0, 13, darken(color, 0.86), 2)
    for _ in range(scene.count(26)):
        x, y, size = chance.uniform(0, scene.width), scene.y(chance.uniform(0.78, 1)), chance.uniform(2, 6)
        sheet.oval(x, y, size, darken(color, 0.66), ry=size * 0.6)
        sheet.oval(x - size * 0.2, y - size * 0.2, size * 0.7, mix(color, "#ffffff", 0.15), ry=size * 0.4)
    scene.ground("dust", sheet, 0.8, relief, 0.66, tiles=1.15, strength=0.30 if relief == "moon" else 0.14)


def other_world(scene: Scene) -> Place:
    """Red mesas under a ringed planet and two moons, a domed settlement, crystals that glow."""
    sky(scene, 0.62, stars=1.4 if scene.palette.hour == "planet_night" else 0.25, clouds=0, bodies=False)
    globe(scene, (scene.x(0.22), scene.y(0.24)), scene.tall(0.15), "#e8b48a", "#b0607a", 0.03, ring="#f4dcc0")
    globe(scene, (scene.x(0.62), scene.y(0.13)), scene.tall(0.032), "#d8d0e8", "#9a90b8", 0.03)
    for i, (foot, depth, pieces) in enumerate(_MESAS):
        sheet, _ = hill(scene, foot, 0.012, depth, "#b8685a", 361 + i, mist=0.3, above=0.5)
        for at, size in pieces:
            put(scene, sheet, "mesa", scene.x(at), scene.y(foot + 0.025), scene.tall(size), depth)
        if i == 1:
            put(scene, sheet, "dome", scene.x(0.60), scene.y(foot + 0.03), scene.tall(0.13), depth + 0.2)
            put(scene, sheet, "dome", scene.x(0.68), scene.y(foot + 0.03), scene.tall(0.09), depth + 0.2)
        scene.add(f"mesas {i}", sheet, depth)
    _dust(scene, "#d48a68", "sand")
    sheet = scene.drawing(top=0.5)
    for at, foot, paint in ((0.06, 0.87, "#7fe0ff"), (0.15, 0.845, "#b79bff"), (0.90, 0.87, "#8ff0d0")):
        crystals(scene, sheet, scene.x(at), scene.y(foot), scene.tall(0.14), paint, scene.dice(f"crystals {at}"))
    scene.add("crystals", sheet, 0.82, texture=0)
    frame(scene, "rocks", -1)
    return Place(0.915, 0.62)


def crystals(scene: Scene, sheet: Drawing, x: float, y: float, height: float, paint: str, chance: Chance) -> None:
    """A cluster of crystals that shine of themselves."""
    for lean, tall in ((-0.35, 0.6), (0.3, 0.7), (0.0, 1.0)):
        h = height * tall * chance.uniform(0.8, 1.2)
        w, tip = h * 0.16, x + lean * h
        sheet.polygon([(x - w, y), (tip - w, y - h * 0.8), (tip, y - h), (tip, y)], mix(paint, "#ffffff", 0.25))
        sheet.polygon([(x + w, y), (tip + w, y - h * 0.8), (tip, y - h), (tip, y)], darken(paint, 0.8))
    scene.lamp(x, y - height * 0.5, height * 1.6, paint, 0.5)


def _craters(scene: Scene, sheet: Drawing, top: float, foot: float, count: float, color: Color, row: int) -> None:
    chance = scene.dice(f"craters {row}")
    for _ in range(scene.count(count)):
        height = chance.uniform(top, foot)
        near = (height - top) / (foot - top)
        x, y = chance.random() * scene.width, scene.y(height)
        across = scene.wide(chance.uniform(0.012, 0.05)) * (0.35 + 1.1 * near)
        down = across * (0.16 + 0.12 * near)
        sheet.oval(x, y, across * 1.12, mix(color, "#ffffff", 0.16), ry=down * 1.22)
        sheet.oval(x, y + down * 0.06, across, darken(color, 0.60), ry=down)
        sheet.oval(x + across * 0.06, y + down * 0.26, across * 0.86, darken(color, 0.80), ry=down * 0.72)


def space(scene: Scene) -> Place:
    sky(scene, 1.15, stars=2.0, clouds=0, bodies=False)
    width, height = scene.width_px // 2, scene.height_px // 2
    first, second = _NEBULAE[scene.look.clouds]
    cool = np.clip((clouds(width, height, scene.seed + 44, octaves=6, gain=0.6) - 0.48) * 3, 0, 1)
    warm = np.clip((clouds(width, height, scene.seed + 45, octaves=6, gain=0.6) - 0.52) * 3.2, 0, 1)
    nebula = cool[..., None] * rgb(first) * 0.8 + warm[..., None] * rgb(second) * 0.6
    scene.add_light("nebula", resize(nebula.astype(np.float32), scene.width_px, scene.height_px), 0.012)
    globe(scene, (scene.x(0.13), scene.y(0.26)), scene.tall(0.085), "#d9a06a", "#8f5a48", 0.05, ring="#e5c9a0")
    globe(scene, (scene.x(0.60), scene.y(0.13)), scene.tall(0.035), "#7fb0b8", "#3f6a88", 0.04)
    globe(scene, (scene.x(0.90), scene.y(1.02)), scene.tall(0.36), "#d8d6dd", "#a8a6b4", 0.08)
    return Place(0.66, 1.1, floating=True)


def globe(
    scene: Scene,
    center: tuple[float, float],
    radius: float,
    paint: Paint,
    bands: Paint,
    depth: float,
    ring: Paint | None = None,
) -> None:
    """A banded globe lit from the upper left, with a halo, and a ring when a colour for it is given."""
    x, y, r = *center, radius
    sheet = scene.drawing()
    disc = f"M{x - r:.1f} {y:.1f} a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0 a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0Z"
    sheet.path(disc, paint)
    chance = dice(number(str(paint)))
    with sheet.group(clip=sheet.clip(disc)):
        for i in range(7):
            top = y - r + 2 * r * (i + 0.5) / 7 + chance.uniform(-0.1, 0.1) * r
            foot = top + r * chance.uniform(0.05, 0.2)
            sheet.path(
                f"M{x - r:.1f} {top:.1f} Q{x:.1f} {top + r * 0.16:.1f} {x + r:.1f} {top - r * 0.05:.1f} L{x + r:.1f} "
                f"{foot:.1f} Q{x:.1f} {top + r * 0.3:.1f} {x - r:.1f} {top + r * 0.1:.1f}Z",
                mix(paint, bands, chance.uniform(0.2, 0.9)),
                opacity=0.8,
            )
        night = sheet.radial([(0, "#020212", 0), (0.55, "#020212", 0), (1, "#020212", 0.92)], (0.28, 0.26), 0.85)
        sheet.path(disc, night)
    px = scene.px
    halo = mix(paint, "#ffffff", 0.3) * 0.35
    scene.add_light(
        "halo", glow(scene.width_px, scene.height_px, (x * px, y * px), r * 1.5 * px, halo, 2.0), depth - 0.005
    )
    if ring is not None:
        arc = f"M{x - r * 1.9:.1f} {y + r * 0.35:.1f} A{r * 2:.1f} {r * 0.42:.1f} -12 0 0 {x + r * 1.9:.1f} "
        sheet.path(arc + f"{y - r * 0.35:.1f}", stroke=ring, width=r * 0.14, opacity=0.75)
    scene.add("planet", sheet, depth, Role.SKY, texture=0, edge=0, drop=0)


SETTINGS = {
    "moon": Setting(moon, sun=(0.15, 0.1), air="space"),
    "planet": Setting(other_world, sun=(0.22, 0.24), air="planet"),
    "space": Setting(space, sun=(0.1, 0.1), air="space"),
}

"""Where land and sea meet, and what sails: lighthouse, harbour, the deck of a ship."""

import math

from storyreel.engines.backends.builtin.illustrator import eastern, scenery
from storyreel.engines.backends.builtin.illustrator.buildings import house
from storyreel.engines.backends.builtin.illustrator.color import Paint, darken, mix, rgb
from storyreel.engines.backends.builtin.illustrator.ground import boards, floor_of, lawn, path, tiles
from storyreel.engines.backends.builtin.illustrator.land import frame, hill, snow_color, trace
from storyreel.engines.backends.builtin.illustrator.layers import Motion, Role
from storyreel.engines.backends.builtin.illustrator.pixels import blur
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.settings.country import roof_snow
from storyreel.engines.backends.builtin.illustrator.settings.sea import open_water, wave
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.vector import Drawing, smooth
from storyreel.engines.backends.builtin.illustrator.water import water
from storyreel.engines.backends.builtin.illustrator.words import sails

_FRONTS = ("#d98a6a", "#e8cf8a", "#8fb4b8", "#e2b0a0", "#b4c49a", "#cfa0b0", "#e9dcc0")


def lighthouse(scene: Scene) -> Place:
    """A striped tower on a headland over the sea; by night its beam sweeps out."""
    horizon = 0.56
    sky(scene, horizon)
    open_water(scene, horizon, "#3f87a0")
    rough = scene.spec.weather == "storm"
    for i, (height, depth) in enumerate(((0.625, 0.34), (0.70, 0.46))):
        sheet = wave(
            scene, height, 0.03 if rough else 0.010, 420, depth, "#3f87a0", 271 + i, 0.7 if rough else 0.4, rough
        )
        scene.add(f"waves {i}", sheet, depth, drop=0, motion=Motion(sway=6 + 4 * i))
    _headland(scene)
    lawn(scene, "turf", 0.815, "#7fa85a", 274)
    path(scene, "#d6c6a2", 0.825, to=0.60, width=0.8)
    sheet, chance = scene.drawing(top=0.7), scene.dice("stones")
    stone = scene.color("#a39c94", 0.88)
    for at in (0.02, 0.08, 0.17, 0.9, 0.97):
        x, y, w = scene.x(at), scene.y(chance.uniform(0.86, 0.93)), scene.wide(chance.uniform(0.02, 0.04))
        boulder(sheet, x, y, w, snow_color(scene, 0.9) if scene.snowy else stone)
    scene.add("stones", sheet, 0.84)
    frame(scene, "grass")
    return Place(0.925, horizon, offshore=(0.725, 0.47))


def boulder(sheet: Drawing, x: float, y: float, w: float, color: Paint) -> None:
    """A rounded stone, lit from the upper left."""
    sheet.oval(x + w * 0.1, y, w * 1.1, darken(color, 0.4), ry=w * 0.12, opacity=0.4)
    stone = f"M{x - w:.0f} {y:.0f} C{x - w:.0f} {y - w * 0.7:.0f} {x - w * 0.5:.0f} {y - w * 0.9:.0f} {x:.0f} "
    stone += (
        f"{y - w * 0.86:.0f} C{x + w * 0.7:.0f} {y - w * 0.8:.0f} {x + w:.0f} {y - w * 0.4:.0f} {x + w:.0f} {y:.0f}Z"
    )
    sheet.path(
        stone, sheet.linear([(0, mix(color, "#ffffff", 0.14)), (0.5, color), (1, darken(color, 0.6))], (0, 0), (0.7, 1))
    )
    sheet.path(
        f"M{x - w * 0.2:.0f} {y - w * 0.84:.0f} l{w * 0.2:.0f} {w * 0.4:.0f} l{-w * 0.1:.0f} {w * 0.3:.0f}",
        stroke=darken(color, 0.66),
        width=max(1, w * 0.05),
        opacity=0.7,
    )


def _headland(scene: Scene) -> None:
    sheet = scene.drawing(top=0.0, bottom=0.9)
    x, y = scene.x(0.76), scene.y(0.70)
    rock, turf = scene.color("#8f8a84", 0.55), scene.color(far_paint(scene, "#7aa45c"), 0.58)
    cliff = [
        (x - scene.wide(0.27), scene.y(0.83)),
        (x - scene.wide(0.22), scene.y(0.76)),
        (x - scene.wide(0.15), scene.y(0.70)),
    ]
    cliff += [(x, y - 6), (x + scene.wide(0.16), scene.y(0.68)), (x + scene.wide(0.6), scene.y(0.67))]
    sheet.path(smooth(cliff, scene.y(0.9)), sheet.linear([(0, rock), (1, darken(rock, 0.6))]))
    cracks = ""
    for k in range(7):
        start = x - scene.wide(0.22 - 0.035 * k), scene.y(0.765 - 0.012 * k)
        cracks += trace("M", start) + f"l{-8 + 5 * (k % 3)} {scene.tall(0.035):.0f} "
        cracks += f"l{7 - 4 * (k % 2)} {scene.tall(0.03):.0f} "
    sheet.path(cracks, stroke=darken(rock, 0.5), width=2.4, opacity=0.6)
    cap = [(a, b + scene.tall(0.022 + 0.006 * math.sin(a * 0.05))) for a, b in cliff]
    band = smooth(cliff) + " L" + " L".join(f"{a:.0f} {b:.0f}" for a, b in reversed(cap)) + "Z"
    sheet.path(band, turf)
    house(
        scene, sheet, x + scene.wide(0.05), y + 8, scene.wide(0.12), 0.62, "#f2ece0", "#a84a40", roof_snow(scene, 0.62)
    )
    tall = scene.tall(0.54)
    scenery.put(scene, sheet, "lighthouse", x, y + 10, tall, 0.72)
    scene.add("headland", sheet, 0.56)
    if scene.palette.lamps or scene.spec.weather == "fog":
        _beam(scene, x, y + 10 - tall * 0.87)


def _beam(scene: Scene, x: float, y: float) -> None:
    sheet = scene.drawing()
    far = scene.wide(0.75)
    fade = sheet.linear([(0, "#fff0c0", 0), (1, "#fff0c0", 0.85)], (0, 0), (1, 0))
    sheet.polygon([(x, y - 3), (x, y + 3), (x - far, y + scene.tall(0.02)), (x - far, y - scene.tall(0.18))], fade)
    back = sheet.linear([(0, "#fff0c0", 0.8), (1, "#fff0c0", 0)], (0, 0), (1, 0))
    sheet.polygon([(x, y - 3), (x, y + 3), (x + far * 0.5, y + scene.tall(0.10)), (x + far * 0.5, y - 8)], back)
    light = sheet.raster(scene.width_px, scene.height_px)[..., :3]
    scene.add_light("beam", blur(light, 4 * scene.px) * 0.6, 0.57)
    scene.lamp(x, y, scene.wide(0.12), "#ffe6a0", 0.9)


def harbour(scene: Scene) -> Place:
    """A quay with bollards and crates; boats at anchor; gabled houses in a row across the water."""
    chance, horizon = scene.dice("harbour"), 0.56
    sky(scene, horizon)
    sheet, _ = hill(scene, 0.50, 0.05, 0.18, far_paint(scene, "#8aa2a8"), 281)
    scene.add("hills", sheet, 0.18)
    sheet = scene.drawing(top=0.1, bottom=0.68)
    quay = scene.color("#8f867c", 0.36)
    x, k = scene.x(-0.06), 0
    while x < scene.x(1.06):
        wide = scene.wide(chance.uniform(0.055, 0.085)) * (2.2 if scene.old_china else 1)
        if scene.old_china:
            eastern.house(scene, sheet, x, scene.y(0.605), wide * 0.82, 0.42)
        else:
            _gabled(scene, sheet, x, scene.y(0.605), wide, wide * chance.uniform(1.4, 2.0), _FRONTS[k % 7])
        x, k = x + wide, k + 1
    sheet.rect(
        0,
        scene.y(0.60),
        scene.width,
        scene.tall(0.035),
        sheet.linear([(0, mix(quay, "#ffffff", 0.15)), (1, darken(quay, 0.6))]),
    )
    scene.add("houses", sheet, 0.36)
    water(scene, "water", 0.63, 0.95, 0.46, paint="#3f7f94", mirrored=scene.color("#c49a84", 0.45), reach=0.13)
    boats = (0.16, 0.675, 0.22, 0.5), (0.84, 0.69, 0.26, 0.52), (0.36, 0.735, 0.36, 0.62)
    for i, (at, foot, size, depth) in enumerate(boats[:2] if sails(scene.spec) else boats):
        sheet = scene.drawing(top=0.2, bottom=0.8)
        scenery.put(
            scene, sheet, "moored_boat", scene.x(at), scene.y(foot), scene.tall(size), depth + 0.12, mirrored=i == 1
        )
        scene.add(f"boat {i}", sheet, depth, motion=Motion(hover=0.5))
    _quay(scene)
    return Place(0.935, horizon, offshore=(0.775, 0.66))


def _gabled(scene: Scene, sheet: Drawing, x: float, y: float, w: float, h: float, paint: str) -> None:
    """A tall narrow house front with a gable."""
    wall, tiles = scene.color(paint, 0.42), scene.color("#9a5848", 0.42)
    pane = rgb("#ffd27a") if scene.palette.lamps else mix(darken(wall, 0.55), scene.palette.sky[2], 0.3)
    sheet.rect(x, y - h, w, h, sheet.linear([(0, darken(wall, 0.85)), (1, wall)]))
    over = snow_color(scene, 0.5) if scene.snowy else tiles
    sheet.polygon([(x - w * 0.04, y - h), (x + w / 2, y - h - w * 0.6), (x + w * 1.04, y - h)], over)
    rows = max(2, round(h / (w * 0.5)))
    for row in range(rows):
        for column in range(2):
            px, py = x + w * (0.17 + 0.42 * column), y - h * 0.94 + row * h * 0.94 / rows
            sheet.rect(px, py, w * 0.24, h * 0.5 / rows, pane)
    sheet.rect(x + w * 0.4, y - w * 0.34, w * 0.2, w * 0.34, darken(wall, 0.5))
    sheet.oval(x + w / 2, y - h - w * 0.22, w * 0.08, pane)
    if scene.palette.lamps:
        scene.lamp(x + w / 2, y - h * 0.5, w * 0.9, "#ffb860", 0.28)


def _quay(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.55), scene.dice("quay")
    stone = scene.color("#b8aea0", 0.85)
    top = scene.y(0.83)
    sheet.rect(0, top - 8, scene.width, scene.height, darken(stone, 0.55))
    floor = floor_of(scene, 0.58, 0.2)
    paints = [snow_color(scene, 0.85)] if scene.snowy else [stone, darken(stone, 0.93)]
    tiles(sheet, floor, top, round(scene.width * 1.6 / floor.width) + 6, 0.7, paints, chance)
    sheet.rect(0, top - 9, scene.width, 15, sheet.linear([(0, mix(stone, "#ffffff", 0.2)), (1, darken(stone, 0.7))]))
    shade = sheet.linear([(0, "#000000", 0), (1, "#000000", 0.35)])
    sheet.rect(0, top, scene.width, scene.height - top, shade)
    scene.add("quay", sheet, 0.76)
    sheet = scene.drawing(top=0.35)
    pieces = (("lamp_post", 0.10, 0.86, 0.44), ("bollard", 0.66, 0.855, 0.075), ("bollard", 0.26, 0.855, 0.075))
    pieces += (("crate", 0.93, 0.885, 0.17), ("barrel", 0.855, 0.875, 0.155), ("rope_coil", 0.185, 0.895, 0.09))
    for name, at, foot, size in pieces:
        tall = scene.tall(size)
        scenery.shadow(sheet, scene.x(at), scene.y(foot), tall * scenery.breadth(name), darken(stone, 0.6))
        scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), tall, 0.88)
    scene.add("cargo", sheet, 0.82)


def ship(scene: Scene) -> Place:
    """On deck: planks that run to the bow, masts and sails above, the sea all round."""
    horizon = 0.50
    sky(scene, horizon)
    open_water(scene, horizon, "#34748c")
    rough = scene.spec.weather == "storm"
    for i, (height, swing, depth) in enumerate(((0.55, 0.012, 0.3), (0.61, 0.02, 0.42))):
        sheet = wave(scene, height, swing * (3 if rough else 1), 380, depth, "#34748c", 291 + i, 0.5, rough)
        scene.add(f"waves {i}", sheet, depth, drop=0, motion=Motion(sway=8 + 5 * i))
    _rigging(scene)
    _planks(scene)
    _rails(scene)
    sheet = scene.drawing(top=0.4)
    pieces = (
        ("ship_wheel", 0.865, 0.86, 0.27),
        ("barrel", 0.10, 0.885, 0.20),
        ("barrel", 0.17, 0.865, 0.17),
        ("rope_coil", 0.74, 0.90, 0.11),
    )
    for name, at, foot, size in pieces:
        tall = scene.tall(size)
        scenery.shadow(sheet, scene.x(at), scene.y(foot), tall * scenery.breadth(name), "#3a2a20")
        scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), tall, 0.9)
    scene.add("gear", sheet, 0.8)
    _ropes_near(scene)
    return Place(0.935, horizon)


def _rigging(scene: Scene) -> None:
    """Mast, yard and a sail that fills, shrouds on both sides, the bowsprit beyond."""
    sheet = scene.drawing()
    wood, cloth = scene.color("#7a5436", 0.7), scene.color("#f0e4c8", 0.72)
    x, foot, top = scene.x(0.5), scene.y(0.76), scene.y(-0.04)
    half = min(scene.wide(0.25), scene.picture_width * 0.42)
    head, hem = scene.y(0.06), scene.y(0.06) + scene.tall(0.36)
    rope = "".join(
        f"M{x:.0f} {top:.0f} L{x + s * half * reach:.0f} {scene.y(0.70):.0f} "
        for s in (-1, 1)
        for reach in (1.45, 1.62, 1.8)
    )
    for k in range(1, 9):
        t = 0.35 + 0.07 * k
        for s in (-1, 1):
            y = top + (scene.y(0.70) - top) * t
            rope += f"M{x + s * half * 1.45 * t:.0f} {y:.0f} L{x + s * half * 1.8 * t:.0f} {y:.0f} "
    sheet.path(rope, stroke=darken(wood, 0.55), width=2)
    sheet.rect(
        x - 9,
        top,
        18,
        foot - top,
        sheet.linear([(0, mix(wood, "#ffffff", 0.15)), (1, darken(wood, 0.6))], (0, 0), (1, 0)),
    )
    middle = (head + hem) / 2
    right = [(x + half * 0.92, head), (x + half * 1.1, middle), (x + half, hem)]
    left = [(x - half, hem), (x - half * 1.1, middle), (x - half * 0.92, head)]
    sail = trace(
        "M", left[2], "L", right[0], "Q", *right[1:], "Q", (x, hem + scene.tall(0.07)), left[0], "Q", *left[1:]
    )
    sheet.path(sail, sheet.linear([(0, darken(cloth, 0.84)), (0.4, cloth), (1, darken(cloth, 0.74))]))
    for k in range(1, 6):
        out = 2 * half * k / 6 - half
        seam = trace("M", (x + out * 0.92, head), "Q", (x + out * 1.1, middle), (x + out, hem + scene.tall(0.03)))
        sheet.path(seam, stroke=darken(cloth, 0.78), width=2, opacity=0.7)
    sheet.rect(x - half * 1.08, head - 12, half * 2.16, 13, wood, round_=6)
    fly, mast = scene.wide(0.08), scene.y(0.0)
    pennant = trace("M", (x, mast), "Q", (x + fly / 2, mast - 14), (x + fly, mast + 4))
    sheet.path(pennant + trace("Q", (x + fly * 0.6, mast + 8), (x, mast + 24)) + "Z", scene.color("#c2453f", 0.8))
    scene.add("rigging", sheet, 0.6, motion=Motion(sway=3))


def _planks(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.6), scene.dice("planks")
    wood = scene.color("#b98a58", 0.85)
    if scene.snowy:
        wood = mix(wood, snow_color(scene, 0.85), 0.6)
    x, top = scene.x(0.5), scene.y(0.715)
    reach = min(scene.wide(0.42), scene.picture_width * 0.5)
    bow = trace("M", (x - reach * 0.2, top), "Q", (x, top - scene.tall(0.03)), (x + reach * 0.2, top))
    for side, end in ((1, (x + reach * 2.6, scene.height)), (-1, (x - reach * 0.2, top))):
        curve = [(x + side * reach, top + scene.tall(0.06)), (x + side * reach * 1.9, top + scene.tall(0.12))]
        bow += trace("C", *curve[::side], end)
        bow += trace("L", (x - reach * 2.6, scene.height)) if side > 0 else "Z"
    with sheet.group(clip=sheet.clip(bow)):
        floor = floor_of(scene, 0.60, 0.085)
        boards(sheet, floor, top - scene.tall(0.03), round(scene.width * 2 / floor.width), wood, chance)
        sheet.rect(
            0,
            top - 40,
            scene.width,
            scene.height,
            sheet.linear([(0, "#000000", 0.25), (0.4, "#000000", 0), (1, "#000000", 0.35)]),
        )
    sheet.path(bow, stroke=darken(wood, 0.5), width=7)
    hatch, y = scene.wide(0.07), scene.y(0.80)
    grate = [
        (x - hatch, y),
        (x + hatch, y),
        (x + hatch * 1.25, y + scene.tall(0.04)),
        (x - hatch * 1.25, y + scene.tall(0.04)),
    ]
    sheet.polygon(grate, darken(wood, 0.45))
    bars = ""
    for k in range(9):
        out = hatch * (k / 4 - 1)
        bars += trace("M", (x + out, y), "L", (x + out * 1.25, y + scene.tall(0.04)))
    sheet.path(bars, stroke=darken(wood, 0.85), width=4)
    scene.add("deck", sheet, 0.72)


def _rails(scene: Scene) -> None:
    """The bulwark along both sides up to the bow."""
    sheet = scene.drawing(top=0.4)
    wood = scene.color("#8a5f3c", 0.85)
    x, top = scene.x(0.5), scene.y(0.715)
    reach = min(scene.wide(0.42), scene.picture_width * 0.5)
    for side in (-1, 1):
        rail: list[tuple[float, float]] = []
        for k in range(12):
            t = k / 11
            px = x + side * reach * (0.1 + 2.3 * t**1.2)
            py = top - scene.tall(0.01) + scene.tall(0.20) * t**1.5
            rail.append((px, py - scene.tall(0.055 + 0.10 * t)))
            sheet.rect(
                px - 4 - 4 * t,
                py - scene.tall(0.055 + 0.10 * t),
                8 + 8 * t,
                scene.tall(0.055 + 0.10 * t),
                darken(wood, 0.85),
            )
        sheet.path(smooth(rail), stroke=darken(wood, 0.6), width=17)
        lit = snow_color(scene, 0.9) if scene.snowy else mix(wood, "#ffffff", 0.2)
        sheet.path(smooth([(a, b - 4) for a, b in rail]), stroke=lit, width=8)
    scene.add("rails", sheet, 0.74)


def _ropes_near(scene: Scene) -> None:
    sheet = scene.drawing()
    dark = darken(scene.color("#4a3626", 1), 0.4)
    for at, lean in ((0.02, 60), (0.06, 80), (0.975, -70)):
        sheet.path(f"M{scene.x(at):.0f} -10 L{scene.x(at) - lean:.0f} {scene.height:.0f}", stroke=dark, width=13)
    scene.add("near ropes", sheet, 1.15, Role.FRAME, texture=0, edge=0.05, drop=0, soften=4 + 3 * scene.look.focus)


SETTINGS = {
    "lighthouse": Setting(lighthouse, sun=(0.25, 0.2)),
    "harbour": Setting(harbour, sun=(0.3, 0.2)),
    "ship": Setting(ship, sun=(0.16, 0.2)),
}

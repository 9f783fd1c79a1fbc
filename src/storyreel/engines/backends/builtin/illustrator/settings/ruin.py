"""A ruin: columns and arches of old, half fallen and overgrown."""

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import floor_of, lawn, tiles
from storyreel.engines.backends.builtin.illustrator.land import frame, hill, mist, snow_color
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint, grass_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree

_FAR = (("column", 0.30, 0.17), ("broken column", 0.36, 0.12), ("column", 0.42, 0.17), ("broken column", 0.61, 0.1))
_MIDDLE = (("ruined arch", 0.72, 0.40), ("column", 0.13, 0.42), ("broken column", 0.25, 0.3), ("column", 0.92, 0.44))
_NEAR = (("stone block", 0.06, 0.12, 0.895), ("stone block", 0.84, 0.10, 0.875), ("broken column", 0.965, 0.32, 0.91))


def ruin(scene: Scene) -> Place:
    chance, horizon = scene.dice("ruin"), 0.57
    sky(scene, horizon)
    sheet, _ = hill(scene, 0.52, 0.06, 0.14, far_paint(scene, "#8c9fb0"), 351)
    scene.add("mountains", sheet, 0.14)
    sheet, points = hill(scene, 0.60, 0.03, 0.34, far_paint(scene, "#86a278"), 352, mist=0.25, above=0.4)
    grove(scene, sheet, points, 0.34, 12, (0.06, 0.13), chance, kinds=("poplar", "round"))
    for name, at, size in _FAR:
        scenery.put(scene, sheet, name, scene.x(at), scene.y(0.645), scene.tall(size), 0.4)
    lintel = scene.color("#cfc7b8", 0.4)
    sheet.rect(
        scene.x(0.28), scene.y(0.645) - scene.tall(0.19), scene.x(0.44) - scene.x(0.28), scene.tall(0.024), lintel
    )
    scene.add("colonnade", sheet, 0.34)
    mist(scene, 0.66, 0.07, 0.4, 0.35, 12)
    sheet, _ = hill(scene, 0.72, 0.012, 0.58, far_paint(scene, "#86a660"), 353, mist=0.1, above=0.7)
    tree(scene, sheet, (scene.x(0.62), scene.y(0.755)), scene.tall(0.30), 0.56, chance, paint="#5f8f4c")
    for name, at, size in _MIDDLE:
        scenery.put(scene, sheet, name, scene.x(at), scene.y(0.775), scene.tall(size), 0.68)
    if scene.snowy:
        white = snow_color(scene, 0.8)
        for _, at, size in _MIDDLE[1:]:
            sheet.oval(scene.x(at), scene.y(0.775) - scene.tall(size) * 0.98, scene.tall(size) * 0.17, white, ry=5)
    scene.add("ruins", sheet, 0.58)
    lawn(scene, "turf", 0.79, "#8aa858", 354)
    _pavement(scene)
    sheet = scene.drawing(top=0.5)
    for name, at, size, foot in _NEAR:
        scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), scene.tall(size), 0.88)
    scene.add("blocks", sheet, 0.83)
    frame(scene, "grass")
    frame(scene, "leaves", -1)
    return Place(0.925, horizon)


def _pavement(scene: Scene) -> None:
    """Flagstones that the grass has broken up."""
    sheet, chance = scene.drawing(top=0.78), scene.dice("pavement")
    stone = scene.color("#c4bcac", 0.85)
    if scene.snowy:
        stone = mix(stone, snow_color(scene, 0.85), 0.7)
    floor = floor_of(scene, 0.60, 0.16)
    x, y = floor.x, scene.y(0.815)
    reach = min(scene.wide(0.55), scene.picture_width * 0.6)
    way = f"M{x - reach * 0.3:.0f} {y:.0f} H{x + reach * 0.3:.0f} L{x + reach:.0f} {scene.height:.0f} H{x - reach:.0f}Z"
    with sheet.group(clip=sheet.clip(way)):
        tiles(sheet, floor, y, 16, 0.7, [stone, darken(stone, 0.92)], chance, wear=0.12)
    green, tufts = scene.color(grass_paint(scene, "#7f9f52"), 0.85), ""
    for _ in range(scene.count(120)):
        near = chance.random() ** 0.7
        px, py = x + chance.uniform(-1, 1) * reach * (0.3 + 0.7 * near), y + (scene.height - y) * near
        if abs(px - x) > reach * (0.24 + 0.6 * near) or chance.random() < 0.2:
            tall = scene.tall(0.006 + 0.022 * near)
            tufts += f"M{px - 3:.0f} {py:.0f} l{chance.uniform(-5, 5):.0f} {-tall:.0f} l5 {tall:.0f}Z "
    sheet.path(tufts, darken(green, 0.85))
    scene.add("pavement", sheet, 0.806, edge=0, drop=0)


SETTINGS = {"ruin": Setting(ruin, sun=(0.5, 0.22))}

"""Old China: a courtyard behind its moon gate, a temple in the hills."""

from storyreel.engines.backends.builtin.illustrator import eastern, scenery
from storyreel.engines.backends.builtin.illustrator.color import darken, mix
from storyreel.engines.backends.builtin.illustrator.ground import floor_of, scatter, tiles
from storyreel.engines.backends.builtin.illustrator.land import frame, hill, lit_window, mist, snow_color
from storyreel.engines.backends.builtin.illustrator.layers import Motion
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint, growth
from storyreel.engines.backends.builtin.illustrator.settings.church import church
from storyreel.engines.backends.builtin.illustrator.settings.fields import karst
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree


def courtyard(scene: Scene) -> Place:
    """A white wall with a moon gate, wings with lattice windows on both sides, flagstones, a plum tree, lanterns."""
    chance, horizon = scene.dice("courtyard"), 0.56
    sky(scene, horizon)
    sheet, _ = hill(scene, 0.50, 0.05, 0.16, far_paint(scene, "#8aa4a8"), 311)
    scene.add("hills", sheet, 0.16)
    sheet = scene.drawing(top=0.1, bottom=0.75)
    for at, size, kind in (
        (0.36, 0.30, "bamboo"),
        (0.64, 0.34, "bamboo"),
        (0.44, 0.22, "round"),
        (0.57, 0.24, "round"),
    ):
        tree(scene, sheet, (scene.x(at), scene.y(0.66)), scene.tall(size), 0.34, chance, kind, "#6a9a54")
    eastern.roof(
        scene, sheet, scene.x(0.5), scene.y(0.755) - scene.tall(0.285), scene.wide(0.34), scene.tall(0.13), 0.4
    )
    scene.add("garden beyond", sheet, 0.32)
    _gate_wall(scene)
    _wings(scene)
    _flagstones(scene)
    sheet = scene.drawing(top=0.1)
    tree(scene, sheet, (scene.x(0.80), scene.y(0.86)), scene.tall(0.50), 0.84, chance, "plum", "#6f9a58")
    for name, at, foot, size in (
        ("water_jar", 0.91, 0.90, 0.17),
        ("stone_table", 0.15, 0.885, 0.16),
        ("potted_tree", 0.28, 0.84, 0.15),
    ):
        tall = scene.tall(size)
        scenery.shadow(sheet, scene.x(at), scene.y(foot) - 2, tall * scenery.breadth(name) * 0.9, scene.ground_color)
        scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), tall, 0.9)
    scene.add("plum", sheet, 0.82)
    sheet = scene.drawing(bottom=0.6)
    for at, size in ((0.05, 0.24), (0.95, 0.22)):
        scenery.put(scene, sheet, "red_lantern", scene.x(at), scene.y(0.06) + scene.tall(size), scene.tall(size), 0.97)
    scene.add("lanterns", sheet, 0.9, motion=Motion(sway=2))
    return Place(0.93, horizon)


def _gate_wall(scene: Scene) -> None:
    sheet = scene.drawing(top=0.25, bottom=0.82)
    y, tall = scene.y(0.755), scene.tall(0.26)
    eastern.wall(scene, sheet, 0, scene.width, y, tall, 0.6)
    x, radius = scene.x(0.5), scene.tall(0.125)
    opening = eastern.moon_gate(scene, sheet, x, y, radius, 0.6)
    with sheet.group(clip=sheet.clip(opening)):
        chance = scene.dice("gate")
        path_color = scene.color("#b8b0a0", 0.45)
        sheet.polygon(
            [
                (x - radius * 0.2, y - radius * 0.6),
                (x + radius * 0.2, y - radius * 0.6),
                (x + radius * 0.6, y),
                (x - radius * 0.6, y),
            ],
            path_color,
        )
        for dx in (-0.75, 0.7):
            tree(scene, sheet, (x + dx * radius, y - radius * 0.4), radius * 1.5, 0.42, chance, "bamboo", "#6f9f56")
        rock = scene.color("#9a9a94", 0.45)
        sheet.oval(x + radius * 0.15, y - radius * 0.62, radius * 0.34, darken(rock, 0.85), ry=radius * 0.4)
        sheet.oval(x + radius * 0.05, y - radius * 0.72, radius * 0.18, rock, ry=radius * 0.26)
    pane, wood = lit_window(scene, 0.55), scene.color("#5f5a58", 0.6)
    for at in (-0.19, 0.19):
        wx, size = x + scene.wide(at), scene.tall(0.085)
        eastern.lattice(sheet, wx - size / 2, y - tall * 0.66, size, size, mix(pane, scene.palette.haze, 0.3), wood, 5)
    scene.add("gate wall", sheet, 0.5)


def _wings(scene: Scene) -> None:
    """The side halls, seen at a slant: their fronts step toward the viewer."""
    sheet = scene.drawing(top=0.1, bottom=0.95)
    for side in (-1, 1):
        for k, (out, foot, wide) in enumerate(((0.42, 0.79, 0.20), (0.60, 0.86, 0.28))):
            x = scene.x(0.5) + side * scene.wide(out)
            if scene.picture_width < scene.wide(0.7):
                x = scene.x(0.5) + side * (scene.picture_width * 0.5 + scene.wide(0.03 + 0.1 * k))
            left = x - scene.wide(wide) / 2
            eastern.house(scene, sheet, left, scene.y(foot), scene.wide(wide), 0.66 + 0.1 * k, lantern=k == 0)
    scene.add("wings", sheet, 0.62)


def _flagstones(scene: Scene) -> None:
    sheet, chance = scene.drawing(top=0.7), scene.dice("flagstones")
    stone = scene.color("#a8a49a", 0.85)
    if scene.snowy:
        stone = mix(stone, snow_color(scene, 0.85), 0.75)
    top = scene.y(0.755)
    sheet.rect(0, top, scene.width, scene.height, darken(stone, 0.66))
    floor = floor_of(scene, 0.58, 0.15)
    tiles(sheet, floor, top, round(scene.width * 2.2 / floor.width) + 6, 0.6, [stone, darken(stone, 0.95)], chance)
    moss = scene.color("#7f9a5c", 0.8)
    for _ in range(scene.count(26 if not scene.snowy else 0)):
        x, y = chance.uniform(0, scene.width), scene.y(chance.uniform(0.77, 0.99))
        sheet.oval(x, y, chance.uniform(6, 22), moss, ry=2.4, opacity=0.4)
    shade = sheet.linear([(0, "#000000", 0.28), (0.3, "#000000", 0), (1, "#000000", 0.3)])
    sheet.rect(0, top, scene.width, scene.height - top, shade)
    scatter(scene, sheet, growth(scene).litter, 60, 0.78, chance)
    scene.ground_color = stone
    scene.add("flagstones", sheet, 0.56, edge=0, drop=0)


def temple(scene: Scene) -> Place:
    """A hall of two roofs on its terrace among pines, incense before it; a church where the story is not of China."""
    if not scene.chinese:
        return church(scene)
    chance, horizon = scene.dice("temple"), 0.55
    sky(scene, horizon)
    karst(scene, 0.50, 0.12, 7, (0.12, 0.34), "#8fa6b4")
    karst(scene, 0.57, 0.24, 6, (0.08, 0.2), "#7f9c94")
    mist(scene, 0.58, 0.08, 0.28, 0.45, 9)
    sheet, points = hill(scene, 0.62, 0.03, 0.4, far_paint(scene, "#668a60"), 321, mist=0.15)
    grove(scene, sheet, points, 0.4, 26, (0.10, 0.2), chance, kinds=("pine", "round", "round"), paint="#4c7a50")
    scene.add("woods", sheet, 0.4)
    sheet = scene.drawing(top=0.0, bottom=0.9)
    wide = min(scene.wide(0.46), scene.picture_width * 0.78)
    eastern.wall(scene, sheet, 0, scene.width, scene.y(0.765), scene.tall(0.12), 0.58)
    eastern.hall(scene, sheet, scene.x(0.5), scene.y(0.785), wide, 0.66, storeys=2)
    scene.add("hall", sheet, 0.56)
    sheet, steps = scene.drawing(top=0.7), scene.dice("terrace")
    stone = scene.color("#bab2a4", 0.85)
    if scene.snowy:
        stone = mix(stone, snow_color(scene, 0.85), 0.75)
    top = scene.y(0.78)
    sheet.rect(0, top, scene.width, scene.height, darken(stone, 0.68))
    floor = floor_of(scene, 0.60, 0.17)
    tiles(sheet, floor, top, round(scene.width * 2 / floor.width) + 6, 0.7, [stone, darken(stone, 0.94)], steps)
    sheet.rect(
        0,
        top,
        scene.width,
        scene.height - top,
        sheet.linear([(0, "#000000", 0.25), (0.3, "#000000", 0), (1, "#000000", 0.32)]),
    )
    scatter(scene, sheet, growth(scene).litter, 60, 0.80, steps)
    scene.ground_color = stone
    scene.add("terrace", sheet, 0.6, edge=0, drop=0)
    sheet = scene.drawing(top=0.0)
    tree(scene, sheet, (scene.x(0.03), scene.y(0.87)), scene.tall(0.62), 0.84, chance, "pine", "#3f6a4c")
    tree(scene, sheet, (scene.x(0.95), scene.y(0.85)), scene.tall(0.46), 0.82, chance, "plum", "#6f9a58")
    for name, at, foot, size in (
        ("stone_lantern", 0.17, 0.865, 0.26),
        ("stone_lantern", 0.83, 0.865, 0.26),
        ("incense", 0.69, 0.845, 0.14),
    ):
        scenery.shadow(sheet, scene.x(at), scene.y(foot) - 2, scene.tall(size) * scenery.breadth(name), stone)
        scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), scene.tall(size), 0.9)
    scene.add("pines", sheet, 0.82)
    frame(scene, "leaves", 1)
    return Place(0.93, horizon)


SETTINGS = {
    "courtyard": Setting(courtyard, sun=(0.24, 0.2)),
    "temple": Setting(temple, sun=(0.2, 0.2)),
}

"""Forest: firs and broad-leaved trees in the season's dress, a path, mushrooms, shafts of light."""

from storyreel.engines.backends.builtin.illustrator import scenery
from storyreel.engines.backends.builtin.illustrator.ground import lawn, path
from storyreel.engines.backends.builtin.illustrator.land import frame, hill, light_shafts, mist
from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene, Setting
from storyreel.engines.backends.builtin.illustrator.seasons import far_paint
from storyreel.engines.backends.builtin.illustrator.sky import sky
from storyreel.engines.backends.builtin.illustrator.trees import grove, tree

_ROWS = ((0.60, 0.14, 34, (0.20, 0.34), "#6f8f78"), (0.64, 0.28, 24, (0.28, 0.46), "#6f9a66"))
_MIDDLE = (
    (0.10, 0.56, "pine"),
    (0.24, 0.46, "round"),
    (0.33, 0.5, "pine"),
    (0.70, 0.48, "pine"),
    (0.80, 0.58, "round"),
    (0.92, 0.6, "pine"),
)
_NEAR = ((-0.01, 0.98, "round"), (0.15, 0.62, "pine"), (0.865, 0.72, "pine"), (1.0, 1.0, "round"))


def forest(scene: Scene) -> Place:
    horizon = 0.64
    sky(scene, horizon)
    for i, (height, depth, number, sizes, paint) in enumerate(_ROWS):
        sheet, points = hill(
            scene, height, 0.012, depth, far_paint(scene, paint), 40 + i, mist=0.3, above=0.6, below=0.2
        )
        chance = scene.dice(f"row {i}")
        grove(scene, sheet, points, depth, number, sizes, chance, kinds=("pine", "pine", "round"), paint="#41705a")
        scene.add(f"trees {i}", sheet, depth)
        if not scene.look.manga or i == 0:
            mist(scene, height + 0.02, 0.10, depth + 0.02, 0.4, i)
    for name, rows, foot, depth in (("middle", _MIDDLE, 0.735, 0.48), ("near", _NEAR, 0.80, 0.7)):
        ground = far_paint(scene, "#6a9450")
        sheet, _ = hill(scene, foot - 0.02, 0.008, depth, ground, 50 + len(rows), mist=0.1, above=0.9, below=0.16)
        chance = scene.dice(name)
        for at, tall, kind in rows:
            paint = "#3a6650" if kind == "pine" else "#4f8444"
            spot = scene.x(at), scene.y(foot + chance.uniform(-0.008, 0.01))
            tree(scene, sheet, spot, scene.tall(tall), depth + 0.06, chance, kind, paint)
        scene.add(f"{name} trees", sheet, depth)
    light_shafts(scene, ((0.36, 0.035), (0.47, 0.05), (0.60, 0.04)), 0.71)
    lawn(scene, "floor", 0.805, "#6f9a4c", 61, bloom=0.7)
    path(scene, "#b59a70", 0.812, to=0.52, width=0.8)
    _undergrowth(scene)
    frame(scene, "grass")
    frame(scene, "leaves", -1)
    return Place(0.925, horizon)


def _undergrowth(scene: Scene) -> None:
    """Mushrooms, a fallen log and stones at the sides."""
    sheet = scene.drawing(top=0.75)
    for name, at, foot, size in (
        ("log", 0.86, 0.89, 0.10),
        ("rock", 0.07, 0.885, 0.09),
        ("mushroom", 0.16, 0.89, 0.07),
        ("mushroom", 0.19, 0.88, 0.045),
        ("mushroom", 0.955, 0.90, 0.06),
    ):
        if not (scene.snowy and name == "mushroom"):
            scenery.put(scene, sheet, name, scene.x(at), scene.y(foot), scene.tall(size), 0.88)
    scene.add("undergrowth", sheet, 0.82)


SETTINGS = {"forest": Setting(forest)}

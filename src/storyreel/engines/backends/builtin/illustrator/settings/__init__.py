"""Settings: one function each that draws a place as layers and says where figures stand in it."""

from collections.abc import Callable

from storyreel.engines.backends.builtin.illustrator.scene import Place, Scene
from storyreel.engines.backends.builtin.illustrator.settings.castle import castle
from storyreel.engines.backends.builtin.illustrator.settings.country import garden, meadow, river, village
from storyreel.engines.backends.builtin.illustrator.settings.forest import forest
from storyreel.engines.backends.builtin.illustrator.settings.heights import cave, desert, mountain, snowfield
from storyreel.engines.backends.builtin.illustrator.settings.room import room
from storyreel.engines.backends.builtin.illustrator.settings.sea import beach, sea, underwater
from storyreel.engines.backends.builtin.illustrator.settings.space import moon, space
from storyreel.engines.backends.builtin.illustrator.settings.town import market, street
from storyreel.engines.backends.builtin.illustrator.settings.wash import abstract, clouds

SETTINGS: dict[str, Callable[[Scene], Place]] = {
    "garden": garden,
    "moon": moon,
    "space": space,
    "forest": forest,
    "sea": sea,
    "market": market,
    "room": room,
    "meadow": meadow,
    "desert": desert,
    "underwater": underwater,
    "castle": castle,
    "village": village,
    "street": street,
    "mountain": mountain,
    "beach": beach,
    "snow": snowfield,
    "river": river,
    "sky": clouds,
    "cave": cave,
    "abstract": abstract,
}

SUNS: dict[str, tuple[float, float]] = {
    "garden": (0.80, 0.2),
    "market": (0.5, 0.4),
    "street": (0.5, 0.36),
    "desert": (0.3, 0.24),
    "castle": (0.2, 0.2),
    "village": (0.22, 0.2),
    "mountain": (0.28, 0.2),
    "moon": (0.15, 0.1),
    "space": (0.1, 0.1),
    "abstract": (0.5, 0.42),
}
"""Where in the picture the sun or moon stands, for the settings that want it elsewhere than the others."""

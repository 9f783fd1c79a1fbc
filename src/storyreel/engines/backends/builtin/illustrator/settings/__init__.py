"""Settings: a file per family, each with a table `SETTINGS` of the places it draws, by their names."""

import pkgutil
from importlib import import_module

from storyreel.engines.backends.builtin.illustrator.scene import Setting


def _gathered() -> dict[str, Setting]:
    """What all the files beside this one offer: a new one is found by itself."""
    found: dict[str, Setting] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= import_module(f"{__name__}.{module.name}").SETTINGS
    return found


SETTINGS = _gathered()

"""Settings: a file per family, with a table `SETTINGS` of the places it draws, by their names.

A table `OLD_CHINA` has those that look otherwise in old China, by the same names.
"""

import pkgutil
from importlib import import_module

from storyreel.engines.backends.builtin.illustrator.scene import Setting


def _gathered(table: str) -> dict[str, Setting]:
    """What all the files beside this one offer in a table: a new one is found by itself."""
    found: dict[str, Setting] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= getattr(import_module(f"{__name__}.{module.name}"), table, {})
    return found


SETTINGS = _gathered("SETTINGS")
OLD_CHINA = _gathered("OLD_CHINA")

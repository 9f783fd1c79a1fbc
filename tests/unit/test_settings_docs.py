"""docs/reference/settings.md has each setting with its default and its meaning, and no other."""

import json
import re
from pathlib import Path

from pydantic.fields import FieldInfo

from storyreel.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
ROW = re.compile(r"^\| `STORYREEL_(?P<name>\w+)` \| (?P<type>[^|]+) \| (?P<default>[^|]+) \| (?P<meaning>.+) \|$", re.M)


def shown(field: FieldInfo) -> str:
    """A default as the page writes it."""
    default = field.get_default(call_default_factory=True)
    if isinstance(default, Path):
        return "the user's data folder"
    if default is None:
        return "none"
    return f"`{json.dumps(default)}`" if isinstance(default, list | dict) else f"`{default}`"


def test_the_page_has_every_setting_and_no_other() -> None:
    documented = [
        (row["name"].lower(), row["default"], row["meaning"]) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))
    ]
    settings = [(name, shown(field), field.description) for name, field in Settings.model_fields.items()]
    assert documented == settings

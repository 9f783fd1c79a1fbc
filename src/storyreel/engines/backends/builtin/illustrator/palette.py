"""The three styles, and the colours of each hour, weather and mood in each of them."""

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import TypedDict, cast

from storyreel.domain.project import Style
from storyreel.engines.backends.builtin.illustrator.color import Color, darken, mix, rgb, saturate

_GREY = ("grey dusk", "grey dawn")
"""Blends that are hours of their own: the sun is behind clouds."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a style does to a picture. Figures are strengths, 1 the usual; `outline` is in scene units.

    `manga`: big eyes and flat ground. `focus`: depth of field. `paint`: saturation of what is painted.
    """

    saturation: float
    contrast: float
    tone: float
    shadows: str
    highlights: str
    lift: float
    bloom: float
    bloom_from: float
    vignette: float
    grain: float
    paper: float
    outline: float
    rim: float
    shade: float
    haze: float
    focus: float
    texture: float
    clouds: str
    edge: float
    drop: float
    paint: float
    relief: float
    manga: bool


class _Swatch(TypedDict):
    sky: list[str]
    haze: str
    key: str
    ambient: str


class _Tables(TypedDict):
    looks: dict[str, Look]
    palettes: dict[str, _Swatch]
    styles: dict[str, dict[str, _Swatch]]
    airs: dict[str, dict[str, str]]
    blends: dict[str, tuple[str, str, float]]
    moods: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Palette:
    """`hour` names the palette: day, dusk, night … `sky` runs from the zenith down to the horizon."""

    hour: str
    sky: tuple[Color, ...]
    haze: Color
    key: Color
    ambient: Color

    @property
    def dark(self) -> bool:
        return self.hour in ("night", "space", "room_night", "storm", "cave", "water_night")

    @property
    def lamps(self) -> bool:
        """Whether lamps and windows are lit."""
        return self.hour in ("night", "dusk", "grey dusk", "room_night", "room_dusk", "room_gloom", "storm", "cave")

    @property
    def figures(self) -> Color:
        """The ambient light on figures: a little brighter than on the land, so that they read."""
        return mix(self.ambient, "#ffffff", 0.42 if self.dark or self.hour in ("dusk", "water") else 0.25)


@functools.cache
def _tables() -> _Tables:
    text = (
        resources.files("storyreel.engines.backends.builtin.illustrator").joinpath("palettes.json").read_text("utf-8")
    )
    tables = json.loads(text)
    tables["looks"] = {name: Look(**figures) for name, figures in tables["looks"].items()}
    return cast(_Tables, tables)


def look_of(style: Style) -> Look:
    return _tables()["looks"][style.value]


def hour_of(air: str, time: str, weather: str, season: str) -> str:
    """The palette for what is between things (see `scene.Setting`) at a time of day, in a weather and a season."""
    if air:
        by_time = _tables()["airs"][air]
        gloom = weather in ("rain", "storm") and time not in by_time
        return by_time["gloom"] if gloom and "gloom" in by_time else by_time.get(time, by_time["day"])
    if weather == "storm" and time != "night":
        return "storm"
    if weather in ("snow", "rain", "cloudy", "fog") and time != "night":
        return {"dawn": "grey dawn", "dusk": "grey dusk"}.get(time, "overcast")
    if season == "winter" and time in ("noon", "morning", "afternoon"):
        return "winter"
    return "day" if time == "noon" else time


def palette(style: Style, hour: str, mood: str, weather: str = "") -> Palette:
    """The colours of an hour (a palette's or a blend's name) in a mood and a weather; unknown ones change nothing."""
    tables = _tables()
    if hour in tables["blends"]:
        first, second, share = tables["blends"][hour]
        found = _blend(_swatch(style, first), _swatch(style, second), share, hour if hour in _GREY else "day")
    else:
        found = _swatch(style, hour)
    found = _foggy(found) if weather == "fog" else found
    vivid, bright = tables["moods"].get(mood, (1.0, 1.0))
    return Palette(
        found.hour,
        tuple(darken(saturate(color, vivid), bright) for color in found.sky),
        darken(saturate(found.haze, vivid), bright),
        found.key,
        darken(saturate(found.ambient, (1 + vivid) / 2), (1 + bright) / 2),
    )


def _foggy(clear: Palette) -> Palette:
    """The same hour when the air itself is white: no colour of the sky comes through."""
    haze = mix(saturate(clear.haze, 0.4), clear.ambient, 0.25)
    sky = tuple(mix(color, haze, share) for color, share in zip(clear.sky, (0.62, 0.74, 0.84, 0.92), strict=True))
    return Palette(clear.hour, sky, haze, mix(clear.key, haze, 0.4), clear.ambient)


def _swatch(style: Style, hour: str) -> Palette:
    tables = _tables()
    swatch = tables["styles"].get(style.value, {}).get(hour) or tables["palettes"][hour]
    sky = tuple(rgb(color) for color in swatch["sky"])
    return Palette(hour, sky, rgb(swatch["haze"]), rgb(swatch["key"]), rgb(swatch["ambient"]))


def _blend(first: Palette, second: Palette, share: float, hour: str) -> Palette:
    sky = tuple(mix(a, b, share) for a, b in zip(first.sky, second.sky, strict=True))
    return Palette(
        hour,
        sky,
        mix(first.haze, second.haze, share),
        mix(first.key, second.key, share),
        mix(first.ambient, second.ambient, share),
    )

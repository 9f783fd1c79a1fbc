"""Says a scene in one readable line, in English and in Chinese: shot size, who does what, where, when, mood, style."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import lemminflect  # pyright: ignore[reportMissingTypeStubs] - the wheel has none

from storyreel.domain.project import Style
from storyreel.engines.backends.builtin.planner.cast import Member, kind_of
from storyreel.engines.backends.builtin.planner.cutting import width
from storyreel.engines.backends.builtin.planner.reading import Action
from storyreel.engines.backends.builtin.planner.staging import Staged
from storyreel.engines.backends.builtin.planner.vocabulary import vocabulary

_GIST = 120  # width of the narration that stands in for what was not understood


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, list[str]]]:
    return json.loads(Path(__file__).with_name("phrases.json").read_text("utf-8"))


def english_prompt(staged: Staged, style: Style, narration: str, *, told_in_english: bool) -> str:
    """The prompt for image models; also the user's prompt when the story is in English."""
    scene = staged.scene
    said = _phrases()
    place = said["settings"].get(scene.setting, [f"in the {scene.setting}"])[0]
    doing = [
        _english_deed(member, subject.pose, subject.holds, action if told_in_english else None)
        for member, subject, action in zip(staged.members, scene.subjects, staged.actions, strict=True)
    ]
    if not doing:
        doing = [_gist(narration)] if told_in_english else ["empty scenery"]
    props = [f"{_article(prop)} {prop}" for prop in scene.props if not any(prop in deed for deed in doing)]
    when = said["times"][scene.time][0]
    details = [
        f"{' and '.join(doing)} {place} {when}",
        f"with {' and '.join(props)}" if props else "",
        said["weathers"][scene.weather][0],
        said["moods"][scene.mood][0],
        said["styles"][style.value][0],
    ]
    return f"{said['framings'][scene.framing.value][0]}: {', '.join(detail for detail in details if detail)}"


def chinese_prompt(staged: Staged, style: Style, narration: str) -> str:
    """The prompt that a Chinese reader sees."""
    scene = staged.scene
    said = _phrases()
    place = said["settings"].get(scene.setting, ["", vocabulary().chinese_word("settings", scene.setting) + "里"])[1]
    doing = [
        _chinese_deed(member, subject.pose, subject.holds, action)
        for member, subject, action in zip(staged.members, scene.subjects, staged.actions, strict=True)
    ]
    words = [vocabulary().chinese_word("props", prop) for prop in scene.props]
    props = [word for word in words if not any(word in deed for deed in doing)]
    details = [
        f"{said['times'][scene.time][1]}的{place}",
        "，".join(doing) or _gist(narration),
        f"有{'和'.join(props)}" if props else "",
        said["weathers"][scene.weather][1],
        said["moods"][scene.mood][1],
        said["styles"][style.value][1],
    ]
    return f"{said['framings'][scene.framing.value][1]}：{'，'.join(detail for detail in details if detail)}"


def _english_deed(member: Member, pose: str, holds: str | None, action: Action | None) -> str:
    kind = kind_of(member)
    before, _, clothes = member.looks.partition(" in ")
    before = before.removeprefix("in ") if not member.looks.startswith(" in ") else ""
    words = [word for word in (before, kind) if word and word not in kind.split()] if before in kind else [before, kind]
    noun = " ".join(word for word in words if word) or kind
    who = f"{_article(noun)} {noun}" + (f" in {clothes}" if clothes else "")
    if member.name and member.name.isascii():
        who = f"{member.name}, {who},"
    if action is not None:
        verb = _gerund(action.verb)
        deed = f"{verb} {action.rest}".strip()
    else:
        deed = _phrases()["poses"].get(pose, [pose])[0]
    if holds and holds not in deed:
        deed += f" with {_article(holds)} {holds}"
    return f"{who} {deed}"


def _chinese_deed(member: Member, pose: str, holds: str | None, action: Action | None) -> str:
    kind = vocabulary().chinese_word("kinds", kind_of(member))
    called = member.name or member.word
    chinese = not called.isascii()
    who = called if chinese and (member.name is None or called == kind) else f"{kind}{called}" if member.name else kind
    said = "" if action is None else action.verb + action.rest
    if not said or said.isascii():
        said = _phrases()["poses"].get(pose, ["", pose])[1]
    held = vocabulary().chinese_word("props", holds) if holds else ""
    return f"{who}{said}" + (f"，拿着{held}" if held and held not in said else "")


def _gerund(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    inflect = cast("Callable[..., tuple[str, ...]]", cast(Any, lemminflect).getInflection)
    found = inflect(first, tag="VBG")
    return f"{found[0] if found else first} {rest}".strip()


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def _gist(narration: str) -> str:
    """The narration, shortened at a word."""
    text = narration.strip(' .。!！?？"“”')
    if width(text) <= _GIST:
        return text or narration
    shortened = text[: _GIST if text.isascii() else _GIST // 3]
    return shortened.rsplit(" ", 1)[0] + "…"

"""Says a scene in one readable line, in English and in Chinese: shot size, who does what, where, when, mood, style."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from storyreel.domain.project import Style
from storyreel.domain.storyboard import Subject
from storyreel.engines.backends.builtin.planner.actions import Action
from storyreel.engines.backends.builtin.planner.cast import Member, description, kind_of, with_article
from storyreel.engines.backends.builtin.planner.cutting import width
from storyreel.engines.backends.builtin.planner.deeds import singles
from storyreel.engines.backends.builtin.planner.english import gerund, many
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
    doing = _english_deeds(staged, literally=told_in_english)
    if told_in_english and _says_where(staged):
        place = ""
    if not doing and scene.crowd:
        doing = [_english_crowd(scene.crowd)]
    if not doing:
        doing = [_gist(narration) + ","] if told_in_english else ["empty scenery"]
    so_far = " and ".join(doing)
    when = "" if scene.time in so_far.lower() else said["times"][scene.time][0]
    props = [_thing(prop) for prop in scene.props if prop not in so_far.lower()]
    details = [
        " ".join(part for part in (so_far, place, when) if part),
        f"{' and '.join(props)} in view" if props else "",
        _english_crowd(scene.crowd) if scene.crowd and "a crowd of" not in so_far else "",
        said["seasons"][scene.season][0],
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
    doing = _chinese_deeds(staged)
    words = [vocabulary().chinese_word("props", prop) for prop in scene.props]
    props = [word for word in words if not any(word in deed for deed in doing)]
    told = "，".join(doing) or _gist(narration)
    crowd = _chinese_crowd(scene.crowd) if scene.crowd else ""
    season = said["seasons"][scene.season][1]
    details = [
        f"{said['times'][scene.time][1]}的{place}",
        told,
        f"有{'和'.join(props)}" if props else "",
        f"一群{crowd}" if crowd and crowd not in told else "",
        season if season not in told else "",
        said["weathers"][scene.weather][1],
        said["moods"][scene.mood][1],
        said["styles"][style.value][1],
    ]
    return f"{said['framings'][scene.framing.value][1]}：{'，'.join(detail for detail in details if detail)}"


def without_style(prompt: str) -> str:
    """A prompt without the words of its style, which say nothing about what is to be seen."""
    for english, chinese in _phrases()["styles"].values():
        prompt = prompt.replace(english, "").replace(chinese, "")
    return prompt


def _english_deeds(staged: Staged, *, literally: bool) -> list[str]:
    """Who does what; `literally` with the story's own words. Those who do the same are named together."""
    doers: dict[str, list[str]] = {}
    for member, subject, action in _doers(staged):
        who = description(member)
        if _latin(member):
            who = f"{member.name} ({who})"
        wordless = action is None or not action.verb or (action.pose == "talk" and not action.rest)
        if action is not None and literally and not wordless and action.verb.isascii():
            told = [at for at, members in staged.who.items() if any(member in singles(one) for one in members)]
            rest = action.rest if min(told, default=-1) < action.first else ""  # there lived a king
            deed = f"{gerund(action.verb)} {rest}".strip()
        else:
            deed = _posed(staged, subject, action)
        if subject.holds and subject.holds not in deed:
            deed = f"{deed.removesuffix('holding')} holding {_thing(subject.holds)}".strip()
        doers.setdefault(deed, []).append(who)
    return [f"{' and '.join(_counted(who))} {deed}" for deed, who in doers.items()]


def _counted(who: Sequence[str]) -> Iterator[str]:
    """A knight and a knight are two knights."""
    for one, number in Counter(who).items():
        noun, joined, rest = one.partition(" in ")
        yield one if number == 1 else f"{_NUMBERS.get(number, number)} {many(noun.split(' ', 1)[1])}{joined}{rest}"


_NUMBERS = {2: "two", 3: "three", 4: "four"}
_CHINESE_NUMBERS = {2: "两", 3: "三", 4: "四"}


def _english_crowd(crowd: str) -> str:
    return f"a crowd of {_phrases()['crowds'].get(crowd, [many(crowd)])[0]}"


def _chinese_crowd(crowd: str) -> str:
    return _phrases()["crowds"].get(crowd, ["", vocabulary().chinese_word("kinds", crowd)])[1]


def _latin(member: Member) -> bool:
    return member.name is not None and member.name.isascii()


def _posed(staged: Staged, subject: Subject, action: Action | None) -> str:
    """A pose with what it concerns: looking at the earth."""
    doing, _, at = _phrases()["poses"].get(subject.pose, [subject.pose, "", "by"])
    if met := staged.member(subject.toward):
        return " ".join(part for part in (doing, at, met.name if _latin(met) else description(met)) if part)
    for thing in action.things if action is not None else ():
        if thing.category in ("props", "kinds") and thing.id != subject.holds:
            return " ".join(part for part in (doing, at, _thing(thing.id)) if part)
    return doing


def _chinese_deeds(staged: Staged) -> list[str]:
    said = _phrases()["poses"]
    doers: dict[str, list[str]] = {}
    for member, subject, action in _doers(staged):
        deed = action.verb + action.rest if action is not None else ""
        if not deed or deed.isascii() or (action is not None and not action.rest and len(deed) == 1):
            deed = said.get(subject.pose, ["", subject.pose])[1]
        held = vocabulary().chinese_word("props", subject.holds) if subject.holds else ""
        deed += f"，拿着{held}" if held and held not in deed else ""
        doers.setdefault(deed, []).append(_chinese_name(member))
    return ["和".join(_counted_in_chinese(who)) + deed for deed, who in doers.items()]


def _counted_in_chinese(who: Sequence[str]) -> Iterator[str]:
    for one, number in Counter(who).items():
        yield one if number == 1 else f"{_CHINESE_NUMBERS.get(number, number)}个{one}"


def _chinese_name(member: Member) -> str:
    kind = vocabulary().chinese_word("kinds", kind_of(member))
    if member.name is None and member.word.isascii():
        return kind
    if member.name is None:
        described = "老" if member.look == "old" else "小" if member.look == "little" else ""
        return member.word if member.word[0] in "老小大" else described + member.word
    return f"{kind}{member.name}" if member.animal else member.name


def _doers(staged: Staged) -> Iterator[tuple[Member, Subject, Action | None]]:
    """Everybody on stage, but not those who only have something done to them: they are in another's deed."""
    done_to = {thing.first for action in staged.actions if action is not None for thing in action.things}
    met = {member.id for first, members in staged.who.items() if first in done_to for member in members}
    for member, subject, action in zip(staged.members, staged.scene.subjects, staged.actions, strict=True):
        if member.id not in met or action is not None or len(staged.members) == 1:
            yield member, subject, action


def _says_where(staged: Staged) -> bool:
    """Whether a deed already says where it is done."""
    things = [thing for action in staged.actions if action is not None for thing in action.things]
    return any(thing.category == "settings" and thing.id == staged.scene.setting for thing in things)


def _thing(prop: str) -> str:
    return f"the {prop}" if prop in ("earth", "sun", "moon") else with_article(prop)


def _gist(narration: str) -> str:
    """The narration, shortened at a word."""
    text = narration.strip(' .。!！?？"“”')
    if width(text) <= _GIST:
        return text or narration
    shortened = text[: _GIST if text.isascii() else _GIST // 3]
    return shortened.rsplit(" ", 1)[0] + "…"

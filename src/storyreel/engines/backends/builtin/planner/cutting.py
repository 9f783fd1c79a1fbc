"""Cuts a story into the narrations of its shots: sentences, long ones cut at clauses, very short ones joined."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import HAN, is_han

LONGEST = 180
"""Width of a narration at most: a letter counts 1, a Han character 3, so 180 letters or 60 characters (12 … 15 s)."""
SHORTEST = 10
"""Narrations narrower than this are joined to a neighbour of the same paragraph."""

_WIDE = 3
_CLOSING = "\"'”’）)」』】》]"
_CLOSE = f"[{re.escape(_CLOSING)}]*"
# Each run of marks is looked at once, from its start: possessive, and not from its middle. That keeps it linear.
_END = re.compile(
    rf"(?<![.!?…])[.!?…]++{_CLOSE}(?=\s|$|[{HAN}])|(?<![。！？…])[。！？…]*[。！？]++[。！？…]*+{_CLOSE}|\n\s*\n|\n"
)
_BREAKS = (re.compile(r"[;；:：—]+\s*"), re.compile(r"[,，、]\s*"), re.compile(r"\s+"))
_TAG = 12  # characters of a clause that says who spoke
_WRAPPED = 60  # a line at least this wide was broken by an editor, not by its author
_WORD_BEFORE = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the story, in characters; `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int


def cut(text: str) -> list[Span]:
    """The story as one span per shot: in order, side by side, whole; none is blank. Linear in the text's length."""
    spans: list[Span] = []
    for span in _joined(text, _sentences(text)):
        spans += _parts(text, span)
    return [span for span in spans if not text[span.start : span.end].isspace()]


def narration(text: str, span: Span) -> str:
    """What is spoken: the span's text with each stretch of whitespace as one space."""
    return " ".join(text[span.start : span.end].split())


def width(text: str) -> int:
    """How wide the text is in letters; a stretch of whitespace counts as one."""
    return sum(_WIDE if "\u2e80" <= character <= "\uffef" else 1 for character in " ".join(text.split()))


def _sentences(text: str) -> Iterator[Span]:
    start = paragraph = 0
    for match in _END.finditer(text):
        if not _ends_sentence(text, start, match):
            continue
        yield Span(start, match.end(), paragraph)
        start = match.end()
        paragraph += "\n" in match.group()
    if start < len(text):
        yield Span(start, len(text), paragraph)


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    following = text[match.end() : match.end() + 80].lstrip()
    if mark.startswith("\n"):
        return mark.count("\n") > 1 or not _goes_on(text[max(start, match.start() - 200) : match.start()], following)
    if following[:1].islower() or (not mark.strip("…") and is_han(text[match.end() : match.end() + 1] or " ")):
        return False  # “好……好得很。”
    if mark[-1] in _CLOSING and is_han(following[:1] or " ") and _names_speaker(following):
        return _announced(text[start : match.end()]) and "：" in following[:_TAG]  # “你好！”他说
    if mark == ".":
        word = _WORD_BEFORE.search(text[max(start, match.start() - 12) : match.end()])
        return not (word and (word[1].lower() in grammar().words("abbreviations") or len(word[1]) == 1))
    return True


def _announced(said: str) -> bool:
    """Whether it is told before the quotation who speaks, so that who follows speaks next: 他问：“好吗？”"""
    return said[: max(said.rfind("“"), said.rfind("「"), 0)].endswith("：")


def _names_speaker(following: str) -> bool:
    """Whether a short clause says who spoke: 妈妈在楼下喊。"""
    clause = re.split("[，。！？：“]", following, maxsplit=1)[0]
    tags = tuple(grammar().words("speech_tags"))
    return len(clause) <= _TAG and (clause.endswith(tags) or any(tag in clause[:5] for tag in tags))


def _goes_on(line: str, following: str) -> bool:
    """Whether a sentence goes on over a single line break."""
    line = line.strip()
    return bool(line) and (following[:1].islower() or (max(len(line), width(line)) >= _WRAPPED and line[-1].isalnum()))


def _joined(text: str, sentences: Iterable[Span]) -> Iterator[Span]:
    """Sentences with the very short ones, and those without a letter or digit, joined to a neighbour."""
    held: Span | None = None
    held_width, held_speaks = 0, False
    for span in sentences:
        piece = text[span.start : span.end]
        wide, speaks = width(piece), any(character.isalnum() for character in piece)
        if held is not None and (
            not (speaks and held_speaks)
            or (
                held.paragraph == span.paragraph
                and min(wide, held_width) < SHORTEST
                and wide + held_width <= LONGEST // 2
            )
        ):
            held = Span(held.start, span.end, held.paragraph)
            held_width, held_speaks = held_width + wide, held_speaks or speaks
            continue
        if held is not None:
            yield held
        held, held_width, held_speaks = span, wide, speaks
    if held is not None:
        yield held


def _parts(text: str, span: Span) -> Iterator[Span]:
    """A span as parts of about equal width, each at most LONGEST, cut at the best break there is."""
    start = span.start
    left = width(text[start : span.end])
    while left > LONGEST and start < span.end:
        target = left / -(-left // LONGEST)
        window, reach = _window(text, start, span.end)
        stop = start + _best_break(window, target / reach)
        yield Span(start, stop, span.paragraph)
        left -= width(text[start:stop]) + text[stop - 1].isspace()
        start = stop
    if start < span.end:
        yield Span(start, span.end, span.paragraph)


def _window(text: str, start: int, end: int) -> tuple[str, int]:
    """As much text from `start` on as is LONGEST wide, and its width."""
    reach, stop = 0, start
    while stop < end:
        blank = text[stop].isspace()
        step = (0 if stop > start and text[stop - 1].isspace() else 1) if blank else width(text[stop])
        if reach + step > LONGEST and reach:
            break
        reach += step
        stop += 1
    return text[start:stop], max(reach, 1)


def _best_break(window: str, share: float) -> int:
    """Where to cut the window: at a clause or else a word end near the wanted share of it, else where it ends."""
    target = share * len(window)
    for pattern in _BREAKS:
        ends = [match.end() for match in pattern.finditer(window) if 0.3 * len(window) <= match.end()]
        if ends:
            return min(ends, key=lambda end: abs(end - target))
    stop = len(window)
    while stop > 1 and _clings(window[stop - 1 : stop + 1]):
        stop -= 1
    return stop


def _clings(pair: str) -> bool:
    """Whether the second of two characters belongs to the first: an accent, a joiner, a skin tone."""
    return len(pair) == 2 and (unicodedata.category(pair[1]) in ("Mn", "Mc", "Me", "Cf", "Sk") or pair[0] == "\u200d")

"""Where somebody speaks in a text: its quotation marks."""

import re

_PAIRED = {"“": "”", "「": "」", "『": "』", "«": "»"}
_STRAIGHT = '"＂'
# A single quotation mark looks like an apostrophe. It opens where a word begins after a blank, and closes after the
# punctuation that English puts before it: the dogs' bowl, 'tis, 'Come in,' said the fox.
_SINGLE = re.compile(r"(?<![^\s(—–“\"])['‘](?=\w)(?:[^\n'‘’]|(?<=\w)['’](?=\w))*[.,!?…;:—–-]['’](?!\w)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def quotations(text: str) -> tuple[tuple[int, int], ...]:
    """What stands in quotation marks: (start, end) of each passage in characters, marks included, in order.

    English “ ” " " ' ' ‘ ’ and Chinese 「 」 『 』 “ ”; a quotation within one belongs to it. One that is not closed
    ends with its paragraph, and one that was opened before the text starts with it, as a long speech is told in parts.
    """
    found: list[tuple[int, int]] = []
    place = 0
    for stop in [match.start() for match in _BLANK_LINE.finditer(text)] + [len(text)]:
        while place < stop and (span := _next(text, place, stop, first=not found)):
            found.append(span)
            place = span[1]
        place = stop
    return tuple(found)


def _next(text: str, start: int, stop: int, *, first: bool) -> tuple[int, int] | None:
    """The next quotation between two places, None when there is none."""
    single = _SINGLE.search(text, start, stop)
    for place in range(start, stop):
        character = text[place]
        if single and place == single.start():
            return single.span()
        if character in _PAIRED:
            return place, _after(text.find(_PAIRED[character], place + 1, stop), stop)
        if character in _STRAIGHT and not text[place - 1 : place].isdigit():  # inches
            if first and _closes(text, place):
                return 0, place + 1
            return place, _after(text.find(character, place + 1, stop), stop)
        if first and character in _PAIRED.values():
            return 0, place + 1
    return None


def _after(place: int, stop: int) -> int:
    return place + 1 if place >= 0 else stop


def _closes(text: str, place: int) -> bool:
    """Whether a straight mark stands where only the end of a quotation can: after a word, and before none."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return bool(before.strip()) and not after.strip()

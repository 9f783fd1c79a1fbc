"""Text to words: English with lemmas and a guess at noun or verb, Chinese as single words of the dictionary."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from storyreel.engines.backends.builtin.planner.chinese_words import chinese_words
from storyreel.engines.backends.builtin.planner.english import lemmas
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.language import HAN, is_han
from storyreel.engines.backends.builtin.planner.lexicon import lexicon

_ENDS_CLAUSE = '.,;:!?…。，；：！？、\n"“”()（）「」『』'
_TOKEN = re.compile(
    rf"[{HAN}]+(?:[·•・][{HAN}]+)*|[A-Za-z]+(?=n['’]t\b)|n['’]t\b|[A-Za-z\u00c0-\u024f]+(?:-[A-Za-z\u00c0-\u024f]+)*|['’]s\b"
    rf"|[{re.escape(_ENDS_CLAUSE)}]"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of one shot; `start` and `end` are its place in the shot's text.

    `nouns` and `verbs` are the lemmas it may stand for as one; both hold the word itself when that is unknown.
    `mark` is its role when it is a small word: indefinite, definite, possessive, preposition, auxiliaries, joining,
    pronoun, negations, end (of a clause), vessel (the name of one); or what the tagger takes a Chinese
    word for: name, verb, noun. `lower` is the text in lower case, `forms` everything that the word may be listed as.
    """

    text: str
    start: int
    end: int
    mark: str = ""
    nouns: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    adjective: bool = False
    known: bool = True
    chinese: bool = False
    quoted: bool = False
    lower: str = field(init=False, repr=False, compare=False)
    forms: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for so often that they are worth keeping.
        object.__setattr__(self, "lower", self.text.lower().replace("’", "'"))
        object.__setattr__(self, "forms", self.nouns | self.verbs | {self.lower})


class Splitter:
    """Splits text into words; knows the Chinese names that were found in the story."""

    def __init__(self, names: Collection[str] = ()) -> None:
        # A dictionary of one's own would take 0.1 s to load, so names are cut out before the shared one is asked.
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        self._names = re.compile(f"({'|'.join(map(re.escape, longest_first))})") if names else None

    def _tag(self, text: str) -> list[tuple[str, str]]:
        """Chinese text as words with their parts of speech; the story's names are kept whole."""
        if self._names is None:
            return chinese_words(text)
        found: list[tuple[str, str]] = []
        for index, part in enumerate(self._names.split(text)):
            if part:
                found += [(part, "nr")] if index % 2 else chinese_words(part)
        return found

    def words(self, text: str, quoted: Sequence[bool] | None = None) -> list[Word]:
        """The words of one shot. `quoted` says for each character whether somebody speaks it."""
        found: list[Word] = []
        for match in _TOKEN.finditer(text):
            if is_han(match.group()[0]):
                found += self._chinese(match.group(), match.start())
            elif not (match.group() == "." and found and found[-1].lower in grammar().words("abbreviations")):
                found.append(_english(match.group(), match.start()))
        if quoted is not None:
            found = [replace(word, quoted=True) if quoted[word.start] else word for word in found]
        return _decided(found)

    def _chinese(self, text: str, start: int) -> list[Word]:
        found: list[Word] = []
        for piece, tag in self._tag(text):
            end = start + len(piece)
            mark = _mark(piece) or _CHINESE_MARKS.get(tag[:2], _CHINESE_MARKS.get(tag[:1], ""))
            # The tagger is often wrong about verbs, so nothing is ruled out.
            one = frozenset((piece,))
            found.append(Word(piece, start, end, mark, one, one, tag.startswith("a"), chinese=True))
            start = end
        return found


def _english(text: str, start: int) -> Word:
    end = start + len(text)
    lower = text.lower().replace("’", "'")
    if text in _ENDS_CLAUSE:
        return Word(text, start, end, "end")
    if lower == "n't":
        return Word(text, start, end, "negations")
    nouns, verbs, adjective, known = _english_forms(lower)
    return Word(text, start, end, _mark(lower), nouns, verbs, adjective, known)


def _english_forms(lower: str) -> tuple[frozenset[str], frozenset[str], bool, bool]:
    """Noun lemmas, verb lemmas, whether it may be an adjective, whether the dictionary has it."""
    found = lemmas(lower)
    if not found:
        return frozenset((lower, lower.removesuffix("s") or lower)), frozenset(), False, False
    return frozenset(found.get("NOUN", ())), frozenset(found.get("VERB", ())), "ADJ" in found, True


@lru_cache(maxsize=4096)
def _mark(lower: str) -> str:
    words = grammar()
    if words.group("pronouns", lower):
        return "pronoun"
    for name in ("negations", "indefinite", "definite", "possessive", "auxiliaries"):
        if lower in words.words(name):
            return name
    if lower in words.words("place") | words.words("prepositions") and lower.isascii() and lower not in _PLACE_VERBS:
        return "preposition"
    return "joining" if lower in words.words("joining") else ""


_CHINESE_MARKS = {"nr": "name", "v": "verb", "n": "noun", "l": "verb", "s": "noun"}
_PLACE_VERBS = frozenset(("reach", "enter", "cross", "leave"))


def _decided(words: list[Word]) -> list[Word]:
    """English words that may be noun or verb, settled by what stands around them."""
    for index, word in enumerate(words):
        if word.chinese or word.mark or not (word.nouns and word.verbs):
            continue
        role = "noun" if _there_are(words, index) else _role(words, index)
        if role == "noun":
            words[index] = replace(word, verbs=frozenset())
        elif role == "verb":
            words[index] = replace(word, nouns=frozenset())
    return words


def _role(words: list[Word], index: int) -> str:
    word = words[index]
    before = index - 1
    while before >= 0 and words[before].lower in grammar().words("adverbs"):
        before -= 1
    previous = words[before] if before >= 0 else None
    following = words[index + 1] if index + 1 < len(words) else None
    done_to = following is not None and following.mark in ("indefinite", "definite", "possessive", "pronoun")
    done_to = done_to or (following is not None and following.lower == "aloud")
    inflected = word.lower not in word.verbs or (done_to and word.lower in grammar().words("bare_pasts"))
    inflected = inflected or (len(word.verbs) > 1 and word.lower not in _RATHER_NOUNS)  # the man fell, the fox saw
    takes_object = following is not None and (
        following.mark in ("indefinite", "definite", "possessive", "preposition", "pronoun")
        or following.lower in grammar().words("adverbs")
    )
    if previous is None or previous.mark in ("end", "joining"):
        return "verb" if takes_object and before >= 0 else "noun" if following and following.verbs else ""
    if previous.lower == "to":
        moved = any(earlier.verbs & grammar().words("moving") for earlier in words[max(0, before - 3) : before])
        return "" if moved else "verb"  # they carried it to school
    if previous.mark == "pronoun" and before and words[before - 1].lower == "of":
        return "verb"  # the three of them set out
    if previous.mark == "pronoun" and grammar().group("pronouns", previous.lower):
        return _after_pronoun(previous.lower)
    if previous.mark in ("indefinite", "definite", "possessive", "preposition"):
        return "noun"
    if previous.mark in ("auxiliaries", "negations"):
        return "verb"
    begins = before == 0 and previous.known and not lexicon().given(previous.lower)
    named = previous.text[0].isupper() and not begins
    if previous.adjective and not previous.verbs and not named:
        return "noun"
    plural = previous.lower not in previous.nouns
    if named or (previous.nouns and (inflected or (takes_object and plural))):
        return "verb" if inflected or takes_object else ""
    return "noun" if previous.nouns or previous.adjective else ""


def _there_are(words: list[Word], index: int) -> bool:
    """There were cakes, kites and balloons: what there is, up to the next verb."""
    told = next((at for at in range(index - 1, 0, -1) if words[at].verbs and not words[at].nouns), 0)
    if words[told].lower not in _BE or words[told - 1].lower != "there":
        return False
    plural = words[index].lower not in words[index].nouns
    between = words[told + 1 : index]
    return plural and all(word.mark in ("", "definite", "indefinite") or word.text in (",", "and") for word in between)


_BE = frozenset(("is", "are", "was", "were"))
_RATHER_NOUNS = frozenset(("ground", "wound", "bore"))


def _after_pronoun(pronoun: str) -> str:
    return "noun" if pronoun in ("his", "her", "its", "their", "my", "our", "him", "them") else "verb"

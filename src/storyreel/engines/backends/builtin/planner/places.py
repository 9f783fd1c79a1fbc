"""Where a shot takes place, told from the places that it merely mentions."""

from collections import Counter
from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.chinese_places import PART, TOWARD, WHOLE, chinese_setting
from storyreel.engines.backends.builtin.planner.context import clause_before, only_named
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

_BEGINNING = 4  # shots
_AFAR = 10  # words between "looked up" and the sky, at most
_THERE, _PASSING, _TOWARD = 3, 2, 1
"""How surely a phrase tells the place: in the forest; across the meadow; towards the castle, which is only a hint."""


def setting_of(
    words: Sequence[Word], matches: Sequence[Match], *, doers: Sequence[int], away: Sequence[int] = ()
) -> tuple[str | None, str]:
    """Where the shot says that it takes place, and how: WHOLE, PART or TOWARD.

    `doers` are the first words of mentions of those who do something; `away` the last words of mentions of those who
    are not there.
    """
    here = [match for match in matches if not any(_theirs(words, match, last) for last in away)]
    chinese, told_by = chinese_setting(words, [match for match in here if words[match.first].chinese])
    if chinese is not None:
        return chinese, told_by
    heads = _heads(words, [match for match in here if not words[match.first].chinese])
    led = [(match, _rank(words, match)) for match in heads]
    led = [(match, _TOWARD if _only_there(words, match, rank, doers) else rank) for match, rank in led]
    found = [(match, rank) for match, rank in led if rank]
    if not found:
        return None, WHOLE
    best = max(rank for _, rank in found)
    whole = [match for match, rank in found if rank == best and not _is_part(words, match)]
    chosen = _reached(words, whole) if whole else next(match for match, rank in found if rank == best)
    if best == _TOWARD or not (whole or _within(words, chosen)):
        return chosen.id, TOWARD
    return _as_it_stands(words, chosen), WHOLE if whole else PART


def _only_there(words: Sequence[Word], match: Match, rank: int, doers: Sequence[int]) -> bool:
    """Whether nobody goes by: a light crept over the roofs, the bell rang across the road, and children came in.

    What is only heard or seen from there, and a house that somebody comes to from outside, is no place to be either.
    """
    if words[match.first].chinese:
        return False
    if rank in (_THERE, _PASSING) and (_outside_of(words, match) or _lacks(words, match) or _watched(words, match)):
        return True
    if rank == _PASSING:
        led = any(
            word.nouns & (_WAYS | grammar().words("carriages")) for word in clause_before(words, match.first, _AFAR)
        )
        return not led and not any(doer < match.first or not _apart(words, doer, match.first) for doer in doers)
    return rank == _THERE and _from_there(words, match)


def _lacks(words: Sequence[Word], match: Match) -> bool:
    """There was not a grain of rice in the house."""
    before = [word.lower for word in clause_before(words, match.first, _AFAR)][::-1]
    if "there" not in before:
        return False
    return any(word in ("not", "no", "n't", "hardly", "nothing", "never") for word in before[before.index("there") :])


def _watched(words: Sequence[Word], match: Match) -> bool:
    """Watched the bird fly away over the hills: who flies goes there, not who watches."""
    before = clause_before(words, match.first, _AFAR)
    watching = next((at for at, word in enumerate(before) if word.verbs & grammar().words("perceiving")), 0)
    return any(word.forms & grammar().words("travels") and not word.mark for word in before[:watching])


def _apart(words: Sequence[Word], one: int, other: int) -> bool:
    """Whether two words stand in different clauses."""
    return any(word.mark == "end" for word in words[min(one, other) : max(one, other)])


def _from_there(words: Sequence[Word], match: Match) -> bool:
    """The wind in the street, voices in the corridor."""
    before = clause_before(words, match.first, 5)
    place = next((at for at, word in enumerate(before) if word.mark == "preposition"), len(before))
    return any(word.nouns & grammar().words("sensed") and not word.mark for word in before[place + 1 : place + 2])


def _outside_of(words: Sequence[Word], match: Match) -> bool:
    """She came to a hut; they reached an inn: in front of it, until somebody goes in."""
    if not words[match.last].nouns & grammar().words("dwellings"):
        return False
    before = clause_before(words, match.first, 6)
    indefinite = any(word.mark == "indefinite" for word in before[:3])
    place = next((at for at, word in enumerate(before) if word.lower in ("to", "upon") or word.verbs & _REACHING), None)
    come = place is not None and any(word.verbs & grammar().words("travels") for word in before[place : place + 2])
    return indefinite and come


_RESIDING = frozenset(("live", "dwell", "stay", "work"))
_WAYS = frozenset(("path", "road", "way", "track", "trail", "lane"))
_REACHING = frozenset(("reach", "find", "see"))


def _as_it_stands(words: Sequence[Word], place: Match) -> str:
    """A ruined chapel is a ruin."""
    ruined = any(word.lower in grammar().words("ruined") for word in clause_before(words, place.first, 2))
    return "ruin" if ruined and place.id in grammar().words("buildings") else place.id


def _theirs(words: Sequence[Word], match: Match, last: int) -> bool:
    """Whether a place is in the clause of somebody who is told of up to word `last`."""
    return last < match.first and not any(word.mark == "end" for word in words[last + 1 : match.first])


def _within(words: Sequence[Word], part: Match) -> bool:
    """Whether one is inside by a part of a place: up the stairs, sitting by the window; but not at the window."""
    before = clause_before(words, part.first, _AFAR)
    if words[part.last].nouns & grammar().words("furniture"):
        return True
    leading = next((word.lower for word in before if word.mark == "preposition"), "in")
    return leading in grammar().words("leading_in") or any(word.verbs & grammar().words("staying") for word in before)


def _reached(words: Sequence[Word], matches: Sequence[Match]) -> Match:
    """The first place, or the last one where somebody goes from one to the next: 回到家，走进花园."""
    arriving = grammar().words("arriving")
    reached = [one for one in matches if any(word.text in arriving for word in clause_before(words, one.first, 2))]
    return reached[-1] if reached else matches[0]


def mentioned_settings(words: Sequence[Word], matches: Sequence[Match]) -> list[str]:
    """The places that are mentioned at all, for when nothing better is known."""
    afar = grammar().words("seen_from_afar") - {"castle"}
    hints = [match for match in _heads(words, matches) if match.id not in afar and not only_named(words, match.first)]
    return [match.id for match in hints if not _is_part(words, match)]


def telling_setting(story: Sequence[Sequence[Word]]) -> str | None:
    """The place that people and things of the whole story speak for: nurses and wards for a hospital."""
    told = _telling(story[:_BEGINNING])
    if told in (None, *grammar().words("at_home")) and is_tale(story):
        return "village"
    return told or _telling(story)


def is_tale(story: Sequence[Sequence[Word]]) -> bool:
    """Whether it begins as tales do: long ago, there was once."""
    text = " ".join(word.lower for words in story[:_BEGINNING] for word in words)
    return any(opener in text for opener in grammar().words("tale_openers"))


def _telling(story: Sequence[Sequence[Word]]) -> str | None:
    votes = Counter[str]()
    for words in story:
        for word in words:
            for form in () if word.quoted and not word.chinese else sorted(word.forms):
                if place := grammar().group("telltales", form):
                    votes[place] += 1
    return max(votes, key=lambda place: (votes[place], place)) if votes else None


def _heads(words: Sequence[Word], matches: Sequence[Match]) -> list[Match]:
    """Of places that stand together the last one: Harbour Street is a street; a cave under the mountain a cave."""
    firsts = {match.first for match in matches}
    lasts = {match.last for match in matches if match.id not in grammar().words("seen_from_afar")}
    heads = [match for match in matches if not any(place in firsts for place in _beyond(words, match))]
    return [match for match in heads if _described_by(words, match) not in lasts]


def _described_by(words: Sequence[Word], match: Match) -> int:
    """Where the word that a place says more about would stand: cave in "a cave under the mountain"; −1 for none."""
    if words[match.first].chinese:
        return -1
    before = clause_before(words, match.first, 4)
    place = next((at for at, word in enumerate(before) if word.mark == "preposition"), None)
    if place is None or before[place].lower in grammar().words("leading_on"):
        return -1
    return match.first - place - 2


def _beyond(words: Sequence[Word], match: Match) -> range:
    """Where the word that a place merely describes may stand: right after it; in Chinese behind 的 (山上的破庙)."""
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    if following is None or following.mark == "end":
        return range(0)
    if following.chinese:
        return range(match.last + 2, match.last + 6) if following.text == "的" else range(0)
    return range(match.last + 1, match.last + 2)


def _is_part(words: Sequence[Word], match: Match) -> bool:
    if match.text.lower() == "wood":  # through a dark wood, but not of wood
        return not any(word.mark in ("definite", "indefinite") for word in clause_before(words, match.first, 3))
    parts = grammar().words("parts_of_places")
    return match.text.lower() in parts or (match.first == match.last and bool(words[match.first].nouns & parts))


def _rank(words: Sequence[Word], match: Match) -> int:
    """How surely the match is where the shot takes place; 0 for a thing that is merely mentioned."""
    afar = match.id in grammar().words("seen_from_afar")
    if afar and any(word.verbs & grammar().words("looking") for word in clause_before(words, match.first, _AFAR)):
        return 0
    if _wanted(words, match) or _so_that(words, match) or _only_said(words, match) or _of_all_there(words, match):
        return 0
    if _somebody_elses(words, match):
        return 0
    if match.text.lower() in grammar().words("homeward"):
        return _homeward(words, match)
    return _rank_in_english(words, match, afar=afar)


def _rank_in_english(words: Sequence[Word], match: Match, *, afar: bool) -> int:
    if match.text.lower() == "inside":
        return _THERE if _goes_inside(words, match) else 0
    if match.text.lower() == "snow":
        return 0  # it may lie anywhere
    if _it_is(words, match) or _is_like_this(words, match):
        return _THERE
    if words[match.first].mark == "preposition" and match.last > match.first:
        return _THERE  # past the stars
    if _owned_by_it(words, match) or _been_before(words, match):
        return 0
    if words[match.last].nouns & grammar().words("small_boats") and not _afloat(words, match):
        return _TOWARD  # she sat on the upturned boat
    leading = _leading(words, match, grammar().words("inside_only" if afar else "place"))
    if leading is None:
        return 0
    for rank, name in ((_PASSING, "passing"), (_TOWARD, "toward")):
        if leading in grammar().words(name):
            return 0 if rank == _TOWARD and afar else rank
    return _THERE


def _so_that(words: Sequence[Word], match: Match) -> bool:
    """So hot that the dogs lay in the road."""
    before = [word.lower for word in clause_before(words, match.first, _AFAR)]
    told = clause_before(words, match.first, _AFAR)[: before.index("that")] if "that" in before else []
    person = any(word.mark == "pronoun" or word.text[0].isupper() for word in told[-1:])
    return "that" in before and not person and "so" in before[len(told) : len(told) + 4]


def _only_said(words: Sequence[Word], match: Match) -> bool:
    """Told everybody that she was lost in the forest."""
    clause = clause_before(words, match.first, _REPORT)
    that = next((at for at, word in enumerate(clause) if word.lower in ("that", "how", "whether")), None)
    said = grammar().words("reported")
    return that is not None and any(word.verbs & said for word in clause[that + 1 : that + 4])


def _somebody_elses(words: Sequence[Word], match: Match) -> bool:
    """They phoned his boss, who was on a beach; but not: Tom, who was on a beach, laughed."""
    who = next((at for at in range(match.first - 1, max(-1, match.first - 6), -1) if words[at].lower == "who"), None)
    if who is None or not any(word.lower in ("was", "were", "is", "are", "lived") for word in words[who + 1 : who + 3]):
        return False
    sentence = words[max(0, who - 8) : who]
    verb = any(word.verbs and not (word.nouns or word.mark or word.adjective) for word in sentence)
    return verb and words[who - 1].text == ","


def _of_all_there(words: Sequence[Word], match: Match) -> bool:
    """Every goose girl in the valley; no doctor in the land; the best baker in the town."""
    before = clause_before(words, match.first, 6)
    place = next((at for at, word in enumerate(before) if word.mark == "preposition"), None)
    if place is None:
        return False
    described = before[place + 1 : place + 4]
    noun = bool(described) and bool(described[0].nouns) and not described[0].verbs
    return noun and any(
        word.lower in ("every", "no", "any", "most", "only") or (word.adjective and word.lower.endswith("est"))
        for word in described[1:]
    )


def _homeward(words: Sequence[Word], match: Match) -> int:
    """Came home; walked home, which is still on the way; but not a home."""
    before = words[match.first - 1] if match.first else None
    if before is None:
        return _THERE
    if before.mark in ("definite", "indefinite"):
        return 0
    return _TOWARD if before.verbs & grammar().words("on_the_way") else _THERE


def _goes_inside(words: Sequence[Word], match: Match) -> bool:
    """Inside, it was dark; she crept inside; but not: the boat was dry inside, inside the hat."""
    if words[match.last + 1 : match.last + 2] and words[match.last + 1].mark in (
        "definite",
        "indefinite",
        "possessive",
    ):
        return False
    before = clause_before(words, match.first, _AFAR)
    return not before or any(word.verbs & grammar().words("travels") for word in before)


def _wanted(words: Sequence[Word], match: Match) -> bool:
    """Whether somebody only wishes or is told to be there: wanted to go home; told her to go home."""
    before = clause_before(words, match.first, 5)
    bidding = grammar().words("bidding")
    if any(word.lower == "to" and any(one.verbs & bidding for one in before[at:]) for at, word in enumerate(before)):
        return True
    return any(word.verbs & grammar().words("wishing") for word in clause_before(words, match.first, 5))


def _it_is(words: Sequence[Word], match: Match) -> bool:
    """It was the hut of a shepherd."""
    before = [word.lower for word in clause_before(words, match.first, 4)]
    while before and before[0] != "was" and len(before) > 2:
        before = before[1:]
    return before[:2] in (["was", "it"], ["was", "this"], ["was", "here"])


def _is_like_this(words: Sequence[Word], match: Match) -> bool:
    """The ward was quiet, the shop smelled of glue: a sentence that begins with its place; but not "was far off"."""
    article = match.first - 1
    begins = article >= 0 and (article == 0 or words[article - 1].text in _FULL_STOPS)
    if article > 0 and words[article - 1].lower == "where" and words[article].lower == "the":
        return True  # where the road leaves the fields
    the = begins and words[article].lower in ("the", "this", "our", "my")
    while begins and not the and words[article].adjective and article:  # the whole bay
        article -= 1
        the = words[article].lower == "the" and (article == 0 or words[article - 1].text in _FULL_STOPS)
    carried = grammar().words("small_boats") | grammar().words("carriages") | {"sky", "moon", "sun"}
    if not the or match.last + 1 >= len(words) or words[match.last].nouns & carried:
        return False
    following = words[match.last + 1]
    like = following.lower in ("was", "were", "is", "are") or bool(following.verbs & _BEING)
    far = grammar().words("far_off")
    return like and not any(word.lower in far or word.verbs & far for word in words[match.last + 2 : match.last + 6])


_FULL_STOPS = frozenset('.!?;\n”"')
_BEING = frozenset(("smell", "lie", "seem", "look", "feel", "grow", "fall", "hum", "buzz", "stink", "shine"))
_REPORT = 12  # words


def _owned_by_it(words: Sequence[Word], match: Match) -> bool:
    """The castle's cook, a school bag: no place, but something of it."""
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    if following is None:
        return False
    portable = grammar().words("holdable") | grammar().words("portable")
    verb = words[match.last + 2 : match.last + 3]  # in the market people were buying fish
    doer = bool(verb) and verb[0].mark == "auxiliaries" and _leading(words, match, grammar().words("place")) is not None
    return following.lower in ("'s", "’s") or (bool(following.nouns & portable and not following.mark) and not doer)


def _afloat(words: Sequence[Word], match: Match) -> bool:
    return any(word.verbs & grammar().words("sailing") for word in clause_before(words, match.first, _AFAR))


def _been_before(words: Sequence[Word], match: Match) -> bool:
    """Who had been carried to market once; he had seen a dog by the bridge."""
    before = [word.lower for word in clause_before(words, match.first, _AFAR)]
    if "had" not in before:
        return False
    had = before.index("had")
    if any(word.verbs & _RESIDING for word in clause_before(words, match.first, had)):
        return False  # the ghost had lived in the castle for four hundred years
    if any(word.lower in grammar().words("habits") for word in words[match.last + 1 : match.last + 7]):
        return True  # he had driven a bus across the city for most of his life
    if before[had + 1 : had + 2] and before[had + 1] in ("who", "which", "that", "whom"):
        return True
    return bool(clause_before(words, match.first, had)[-1:]) and bool(
        clause_before(words, match.first, had)[-1].verbs & grammar().words("done_elsewhere")
    )


def _leading(words: Sequence[Word], match: Match, leading: frozenset[str]) -> str | None:
    """The word that makes the match a place (in, on, enter), or None."""
    for word in clause_before(words, match.first, 6):
        if word.lower in leading or word.verbs & leading:
            looked = word.lower in ("at", "to", "up", "toward", "over", "around") and _looking(words, word)
            return None if looked else next(iter(sorted(word.verbs & leading)), word.lower)
        owned = word.lower in grammar().words("possessive") or word.lower in ("'s", "’s")
        if word.mark in ("preposition", "auxiliaries", "joining", "pronoun") and not owned:
            return "in" if word.lower == "of" and _part_of(words, word) else None
        if word.verbs and not (word.nouns or word.adjective or owned or word.lower.endswith("ed")):
            return None  # but: beside a ruined chapel
    return None


def _part_of(words: Sequence[Word], of: Word) -> bool:
    """In the middle of the forest, at the edge of the lake."""
    index = words.index(of)
    part = words[index - 1] if index else None
    if part is None:
        return False
    if part.lower in grammar().words("quantities"):  # in one of the rooms
        return any(word.lower in grammar().words("place") for word in clause_before(words, index - 1, 1))
    if part.nouns & (grammar().words("middles") | grammar().words("parts_of_places")):
        return True
    to_it = any(word.lower in grammar().words("place") for word in clause_before(words, index - 1, 3))
    return to_it and bool(part.nouns & grammar().words("thresholds"))


def _looking(words: Sequence[Word], preposition: Word) -> bool:
    index = words.index(preposition)
    return any(word.verbs & grammar().words("looking") for word in words[max(0, index - 3) : index])

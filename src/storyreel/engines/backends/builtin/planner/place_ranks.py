"""How surely an English phrase tells where a shot takes place."""

from collections.abc import Sequence

from storyreel.engines.backends.builtin.planner.context import clause_before
from storyreel.engines.backends.builtin.planner.grammar import grammar
from storyreel.engines.backends.builtin.planner.vocabulary import Match
from storyreel.engines.backends.builtin.planner.words import Word

AFAR = 10
"""Words between "looked up" and the sky, at most."""
THERE, PASSING, HINTED = 3, 2, 1
"""In the forest; across the meadow; towards the castle, which is only a hint."""
_RESIDING = frozenset(("live", "dwell", "stay", "work"))
_FULL_STOPS = frozenset('.!?;\n”"')
_BEING = frozenset(("smell", "lie", "seem", "look", "feel", "grow", "fall", "hum", "buzz", "stink", "shine"))
_IS = frozenset(("was", "were", "is", "are"))
_HAS = frozenset(("has", "have", "had"))
_REPORT = 12  # words
_CITIZENS = frozenset(("town", "village", "city"))
"""Those who live there: claimed by the whole town."""


def rank_of(words: Sequence[Word], match: Match) -> int:
    """How surely the match is where the shot takes place; 0 for a thing that is merely mentioned."""
    afar = match.id in grammar().words("seen_from_afar")
    if afar and any(word.verbs & grammar().words("looking") for word in clause_before(words, match.first, AFAR)):
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
        return THERE if _goes_inside(words, match) else 0
    if match.text.lower() == "snow":
        return 0  # it may lie anywhere
    if _it_is(words, match) or _is_like_this(words, match):
        return THERE
    if words[match.first].mark == "preposition" and match.last > match.first:
        return THERE  # past the stars
    if _owned_by_it(words, match) or _been_before(words, match):
        return 0
    if words[match.last].nouns & grammar().words("small_boats") and not _afloat(words, match):
        return HINTED  # she sat on the upturned boat
    return THERE if _boarded(words, match) else _rank_as_led(words, match, afar=afar)


def _rank_as_led(words: Sequence[Word], match: Match, *, afar: bool) -> int:
    """How surely by the preposition or the verb before it."""
    leading = _leading(words, match, grammar().words("inside_only" if afar else "place"))
    if leading is None or (leading == "by" and words[match.last].nouns & _CITIZENS):
        return 0
    for rank, name in ((PASSING, "passing"), (HINTED, "toward")):
        if leading in grammar().words(name):
            return 0 if rank == HINTED and afar else rank
    return THERE


def _boarded(words: Sequence[Word], match: Match) -> bool:
    """They took the stopping train, caught a bus: whoever does is in it."""
    if match.id not in grammar().words("boarded"):
        return False
    before = clause_before(words, match.first, 5)
    taken = next((at for at, word in enumerate(before) if word.verbs & grammar().words("boarding")), None)
    return taken is not None and not any(word.mark in ("preposition", "joining") for word in before[:taken])


def _so_that(words: Sequence[Word], match: Match) -> bool:
    """So hot that the dogs lay in the road."""
    before = [word.lower for word in clause_before(words, match.first, AFAR)]
    told = clause_before(words, match.first, AFAR)[: before.index("that")] if "that" in before else []
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
        return THERE
    if before.mark in ("definite", "indefinite"):
        return 0
    return HINTED if before.verbs & grammar().words("on_the_way") else THERE


def _goes_inside(words: Sequence[Word], match: Match) -> bool:
    """Inside, it was dark; she crept inside; but not: the boat was dry inside, inside the hat."""
    if words[match.last + 1 : match.last + 2] and words[match.last + 1].mark in (
        "definite",
        "indefinite",
        "possessive",
    ):
        return False
    before = clause_before(words, match.first, AFAR)
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
    the = begins and words[article].lower in ("the", "this", "our", "my", "her", "his", "their")
    while begins and not the and words[article].adjective and article:  # the whole bay
        article -= 1
        the = words[article].lower == "the" and (article == 0 or words[article - 1].text in _FULL_STOPS)
    carried = grammar().words("small_boats") | grammar().words("carriages") | {"sky", "moon", "sun"}
    if not the or match.last + 1 >= len(words) or words[match.last].nouns & carried:
        return False
    following = words[match.last + 1]
    after = words[match.last + 2] if match.last + 2 < len(words) else None
    has = following.lower in _HAS and after is not None and after.mark in ("indefinite", "definite")  # not "had gone"
    like = has or following.lower in _IS or bool(following.verbs & _BEING)
    far = grammar().words("far_off")
    return like and not any(word.lower in far or word.verbs & far for word in words[match.last + 2 : match.last + 6])


def _owned_by_it(words: Sequence[Word], match: Match) -> bool:
    """The castle's cook, a school bag: no place, but something of it."""
    following = words[match.last + 1] if match.last + 1 < len(words) else None
    if following is None:
        return False
    if words[match.last].lower == "'s" and following.nouns and not following.mark:
        return True  # in the baker's arms
    portable = grammar().words("holdable") | grammar().words("portable")
    verb = words[match.last + 2 : match.last + 3]  # in the market people were buying fish
    doer = bool(verb) and verb[0].mark == "auxiliaries" and _leading(words, match, grammar().words("place")) is not None
    return following.lower in ("'s", "’s") or (bool(following.nouns & portable and not following.mark) and not doer)


def _afloat(words: Sequence[Word], match: Match) -> bool:
    return any(word.verbs & grammar().words("sailing") for word in clause_before(words, match.first, AFAR))


def _been_before(words: Sequence[Word], match: Match) -> bool:
    """Who had been carried to market once; he had seen a dog by the bridge."""
    before = [word.lower for word in clause_before(words, match.first, AFAR)]
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
    described = False
    for word in clause_before(words, match.first, 6):
        if described and grammar().group("numbers", word.lower):
            return None  # at five the sky turned pink
        described = described or word.lower == "the"
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

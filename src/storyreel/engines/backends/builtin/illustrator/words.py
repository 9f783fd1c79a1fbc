"""From the words of a scene to what there is a drawing of."""

import functools

from storyreel.engines.backends.builtin.vocabulary import entries


@functools.cache
def known(group: str, word: str) -> str | None:
    """The entry of a vocabulary group that an English word or phrase names; None when there is none.

    Of a phrase that is not known as a whole, the last known word counts: "old oak tree" is a tree.
    """
    listed = entries(group)
    word = word.strip().lower()
    if word in listed:
        return word
    for name, entry in listed.items():
        if word in entry["en"]:
            return name
    singular = word.removesuffix("s")
    if singular != word:
        return known(group, singular)
    parts = word.split()
    for i in range(1, len(parts)):
        if found := known(group, " ".join(parts[i:])):
            return found
    return None


def drawn_setting(word: str) -> str:
    """The setting that is drawn for a word: the one it names, or a meadow when nothing is known of it."""
    return known("settings", word) or ("meadow" if word.strip() else "abstract")

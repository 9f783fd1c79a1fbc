"""A mention of somebody in a shot, in either language."""

from dataclasses import dataclass, field

from storyreel.engines.backends.builtin.planner.lexicon import Noun

SUBJECT, OBJECT, OWNER, APART = "subject", "object", "owner", "apart"


@dataclass(slots=True)
class Mention:
    """Somebody is spoken of at the words `first` … `last`, by a noun, a name, a pronoun's class, or several of these.

    `word` is what they are called, in lower case. `count` is how many are meant; 0 for an unknown number of them.
    `role` is subject, object, owner (of something: his hat) or apart (only spoken of: about her, like a bird).
    `owner` is the mention that stands before a possessive: her in "her brother". `owns` says that a pronoun is
    possessive itself, `acts` that who follows (a woman who carried wood), `earlier` that it is told of what had been
    before, `quoting` that quoted words stand before it, `human` that they do what only people do, `thingly` that they
    are things, if those were told of last, `part` which of two they are said to be (one was a lady, the other a
    soldier), `joined` that "and" joins them to the one before, `freed` that an object stands in another clause than the
    doer, whom it may mean then. `new` says that the word comes with an indefinite article. `age` is young or old where
    years are told. `names` are those of a group that is told by name, `aliases` what else they are called here (the
    stranger was a doctor).
    """

    first: int
    last: int
    word: str = ""
    noun: Noun | None = None
    name: str | None = None
    pronoun: str | None = None
    count: int = 1
    role: str = SUBJECT
    owner: "Mention | None" = None
    owns: bool = False
    freed: bool = False
    joined: bool = False
    earlier: bool = False
    quoting: bool = False
    acts: bool = False
    human: bool = False
    thingly: bool = False
    part: int | None = None
    new: bool = False
    definite: bool = False
    look: str = ""
    clothes: str = ""
    age: str = ""
    names: list[str] = field(default_factory=list[str])
    aliases: list[str] = field(default_factory=list[str])

    @property
    def plural(self) -> bool:
        return self.count != 1

    @property
    def sort(self) -> str:
        """The class of the pronoun, else whether it is a name or a noun."""
        return self.pronoun or ("name" if self.name else "noun")

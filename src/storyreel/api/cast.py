"""A character as clients see it."""

from pydantic import Field

from storyreel.api.fields import View
from storyreel.api.links import Links
from storyreel.domain.storyboard import Character


class CharacterView(View):
    """Somebody of the cast, as the story engine understood the story, or as a person says."""

    id: str
    name: str
    kind: str = Field(description="An English noun: girl, old man, fox …")
    looks: str = Field(description="A few English words, which the built-in illustrator draws: little, red coat …")
    description: str = Field(description="Every prompt in which they appear says this, word for word.")
    sex: str = Field(description="female, male, or empty when the story does not tell.")
    aliases: list[str] = Field(description="Other words by which the story calls them.")
    seed: int = Field(description="Fixes all that the looks leave open: another seed, another face.")
    voice: str | None = Field(description="Speaks what stands in quotation marks; null: one that fits them.")
    reference_url: str | None = Field(description="A picture of them, for engines that take such to go by.")


def character_view(member: Character, links: Links) -> CharacterView:
    """The character, its reference picture as a link."""
    return CharacterView(
        id=member.id,
        name=member.name,
        kind=member.kind,
        looks=member.looks,
        description=member.description,
        sex=member.sex,
        aliases=list(member.aliases),
        seed=member.seed,
        voice=member.voice,
        reference_url=links.to(member.reference),
    )

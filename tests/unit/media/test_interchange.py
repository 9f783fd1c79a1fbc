import json
from typing import Any

from storyreel.domain.storyboard import Transition
from storyreel.media.interchange import Cutting, Heard, to_otio

PICTURES = [
    Cutting("Title", "http://x/a.png", 0, 72, 12, Transition.CROSSFADE),
    Cutting("Shot 1", "http://x/b.mp4", 60, 100, 0, Transition.CUT),
    Cutting("Shot 2", None, 160, 90, 11, Transition.WIPE),
    Cutting("End", "http://x/a.png", 239, 72, 12, Transition.FADE_BLACK, {"narration": "好"}),
]
VOICES = [Heard("One", "http://x/1.wav", 67, 50), Heard("Two", "http://x/2.wav", 117, 20)]


def spans(track: dict[str, Any]) -> list[Any]:
    """Of each child its kind, and from where how long it goes; or how far it reaches to both sides."""
    found: list[Any] = []
    for child in track["children"]:
        if child["OTIO_SCHEMA"] == "Transition.1":
            found.append((child["transition_type"], child["in_offset"]["value"], child["out_offset"]["value"]))
        else:
            source = child["source_range"]
            found.append((child["OTIO_SCHEMA"], source["start_time"]["value"], source["duration"]["value"]))
    return found


def test_clips_meet_in_the_middle_of_what_they_share() -> None:
    document = json.loads(to_otio("狐狸", 24, PICTURES, VOICES, Heard("Mix", "http://x/m.m4a", 0, 311), {"id": "1"}))
    assert (document["name"], document["metadata"]) == ("狐狸", {"storyreel": {"id": "1"}})
    pictures, voice, mix = document["tracks"]["children"]
    assert spans(pictures) == [
        ("Clip.2", 0, 66),
        ("SMPTE_Dissolve", 6, 6),
        ("Clip.2", 6, 94),
        ("Clip.2", 0, 84),
        ("Custom_Transition", 5, 6),
        ("Clip.2", 5, 67),
        ("Custom_Transition", 12, 0),
    ]
    assert sum(length for kind, _, length in spans(pictures) if kind == "Clip.2") == 239 + 72
    assert spans(voice) == [("Gap.1", 0, 67), ("Clip.2", 0, 50), ("Clip.2", 0, 20)]
    assert (spans(mix), mix["enabled"]) == ([("Clip.2", 0, 311)], False)
    media = [
        child["media_references"]["DEFAULT_MEDIA"] for child in pictures["children"] if "media_references" in child
    ]
    assert [one["OTIO_SCHEMA"] for one in media] == ["ExternalReference.1"] * 2 + [
        "MissingReference.1",
        "ExternalReference.1",
    ]
    assert media[0]["available_range"]["duration"] == {"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": 72.0}

"""Whose words stand in quotation marks is heard in them: every kind of character in a voice of its own."""

import itertools
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from storyreel.domain.storyboard import Character
from storyreel.engines.backends.builtin.voice import BuiltinSpeechEngine
from storyreel.engines.backends.builtin.voice.catalogue import choose
from storyreel.engines.backends.builtin.voice.narrate import Order, narrate
from storyreel.engines.backends.builtin.voice.polish import SAMPLE_RATE
from storyreel.engines.backends.builtin.voice.scripts import cleaned, words
from storyreel.engines.backends.builtin.voice.timbre import timbre_of
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import InvalidInputError

ENGLISH = 'Then she said, "Where are you going in such a hurry?" and laughed.'
CHINESE = "老人笑着说：“小朋友，你要到哪里去呀？”然后慢慢地走了。"


def who(kind: str, looks: str = "", seed: int = 1) -> Character:
    return Character("c1", "Mia", kind, looks, seed)


def speak(folder: Path, text: str, language: str, character: Character | None):
    order = Order(folder / "v.wav", text, choose(None, language), speaker=timbre_of(character) if character else None)
    (found,) = narrate(lambda _: None, [order])
    with wave.open(str(order.file)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768, found


def parts(signal: np.ndarray, found, text: str) -> tuple[np.ndarray, np.ndarray]:
    """What is heard of the quotation, and of the words before it."""
    first, end = (text.index(mark) for mark in (('"', '?"') if '"' in text else ("“", "”")))
    quoted = [word for word in found if first < word.offset < end]
    before = [word for word in found if word.offset < first]
    cut = [slice(round(run[0].start * SAMPLE_RATE), round(run[-1].end * SAMPLE_RATE)) for run in (quoted, before)]
    return signal[cut[0]], signal[cut[1]]


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (CHINESE, "zh")])
@pytest.mark.parametrize(("kind", "ratio"), [("girl", (1.6, 3.2)), ("bear", (0.5, 0.9)), ("mouse", (2.0, 4.0))])
def test_the_quotation_is_in_the_speakers_pitch(tmp_path: Path, text: str, language: str, kind: str, ratio, pitches):
    quoted, told = parts(*speak(tmp_path, text, language, who(kind)), text)
    assert ratio[0] < np.median(pitches(quoted)) / np.median(pitches(told)) < ratio[1]
    both = [10 * np.log10(np.mean(part**2)) for part in (quoted, told)]
    assert abs(both[0] - both[1]) < 3  # and as loud as the rest


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (CHINESE, "zh")])
def test_words_keep_their_times_and_order_across_the_joints(tmp_path: Path, text: str, language: str):
    signal, found = speak(tmp_path, text, language, who("girl"))
    assert [(word.offset, word.length) for word in found] == words(cleaned(text))
    assert all(word.start < word.end for word in found)
    assert all(one.end <= two.start + 1e-6 for one, two in itertools.pairwise(found))
    assert found[-1].end < len(signal) / SAMPLE_RATE
    quoted = next(word for word in found if word.offset > text.index('"' if '"' in text else "“"))
    before = found[found.index(quoted) - 1]
    assert 0.15 < quoted.start - before.end < 0.6


def test_without_a_speaker_and_without_quotation_marks_the_narrator_tells_all(tmp_path: Path, pitches):
    quoted, told = parts(*speak(tmp_path, ENGLISH, "en", None), ENGLISH)
    assert 0.8 < np.median(pitches(quoted)) / np.median(pitches(told)) < 1.3
    plain = ENGLISH.replace('"', "")
    assert np.array_equal(speak(tmp_path, plain, "en", who("girl"))[0], speak(tmp_path, plain, "en", None)[0])


async def test_whoever_was_given_a_voice_speaks_with_it(tmp_path: Path):
    speaker = replace(who("girl"), voice="en-gb")
    requests = [SpeechRequest(ENGLISH, "en", speaker=one) for one in (speaker, who("girl"))]
    given, own = await BuiltinSpeechEngine().speak(requests, RecordingJob(tmp_path / "job"))
    assert given.file.read_bytes() != own.file.read_bytes()
    with pytest.raises(InvalidInputError) as refused:
        await BuiltinSpeechEngine().speak(
            [replace(requests[0], speaker=replace(speaker, voice="x"))], RecordingJob(tmp_path / "no")
        )
    assert refused.value.code == "unknown_voice"


def test_two_men_differ_and_each_stays_himself(tmp_path: Path):
    heard = [speak(tmp_path, ENGLISH, "en", who("man", seed=seed))[0].tobytes() for seed in (1, 2, 1)]
    assert heard[0] == heard[2] != heard[1]


def test_kind_age_and_size_give_the_voice():
    def middle(kind: str, looks: str = "") -> float:
        return float(np.median([timbre_of(who(kind, looks, seed)).pitch for seed in range(40)]))

    assert middle("bear") < middle("man") < middle("old man") < middle("woman") < middle("boy") < middle("rabbit")
    assert middle("sailor", "old, white beard") == pytest.approx(middle("old man"), rel=0.1)
    for woman, man in (("captain", "captain"), ("man", "woman")):
        female, male = Character("c1", "Mia", woman, sex="female"), Character("c1", "Mia", man, sex="male")
        assert timbre_of(female).tract > timbre_of(male).tract
    assert middle("fox", "little, red scarf") > 1.5 * middle("fox")
    tracts = {kind: timbre_of(who(kind)).tract for kind in ("mouse", "girl", "man", "dragon")}
    assert sorted(tracts, key=tracts.__getitem__) == ["dragon", "man", "girl", "mouse"]


def test_everybody_is_as_far_from_the_middle_in_a_direction_of_their_own():
    own = [timbre_of(who("man", seed=seed)) for seed in range(30)]
    away = [(12 * np.log2(one.pitch / 112) / 3.5) ** 2 + ((one.tract - 1) / 0.09) ** 2 for one in own]
    assert away == pytest.approx([1.0] * 30, abs=0.01)
    assert len({(round(one.pitch), round(one.tract, 2)) for one in own}) > 20


@pytest.mark.parametrize("kind", ["astronaut", "grey thing", "", "robot", "ghost", "small old fox", "café owner"])
def test_any_character_has_a_voice(kind: str):
    one = timbre_of(who(kind, "tall, 老", 2**31 - 1))
    assert 75 < one.pitch < 400
    assert one.definition("zh").isascii()

"""The built-in voice: what it says, when, how loud, and that no text can break it."""

import asyncio
import itertools
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storyreel.engines.backends.builtin.voice import BuiltinSpeechEngine
from storyreel.engines.backends.builtin.voice.catalogue import VOICES, choose
from storyreel.engines.backends.builtin.voice.narrate import Order, narrate
from storyreel.engines.backends.builtin.voice.polish import (
    PEAK,
    SAMPLE_RATE,
    equalised,
    faded,
    limited,
    polished,
    voiced_span,
)
from storyreel.engines.backends.builtin.voice.room import DECAY, echo
from storyreel.engines.backends.builtin.voice.scripts import cleaned, phrases, words
from storyreel.engines.contracts.speech import SpeechRequest
from storyreel.errors import InvalidInputError

Pitches = Callable[[np.ndarray], np.ndarray]
EXAMPLES = Path(__file__).parents[6] / "examples"
ENGLISH = "At night, a kid builds a rocket in the garden. It is 12 meters tall, isn't it?"
CHINESE = "从前，海边住着一盏小小的灯笼。每天傍晚，它都爬上山坡，等船回来。"
MIXED = "小明有3个苹果，他对NASA的rocket说hello，那是2024年。"


@dataclass
class Job:
    folder: Path
    key: str = "test"
    reported: float = 0.0

    def progress(self, fraction: float) -> None:
        self.reported = fraction


def speak(folder: Path, text: str, language: str, voice: str | None = None, rate: float = 1.0):
    file = folder / "voice.wav"
    (found,) = narrate(lambda _: None, [Order(file, text, choose(voice, language), rate)])
    return samples(file), found


def samples(file: Path) -> np.ndarray:
    with wave.open(str(file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (48_000, 1, 2)
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768


def decibels(value: float) -> float:
    return 20 * np.log10(max(value, 1e-9))


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (CHINESE, "zh"), (MIXED, "zh"), (MIXED, "en")])
def test_words_follow_each_other_within_the_voice_and_cover_the_text(tmp_path: Path, text: str, language: str):
    signal, found = speak(tmp_path, text, language)
    duration = len(signal) / SAMPLE_RATE
    assert all(0 <= word.start < word.end <= duration + 1e-6 for word in found)
    assert all(one.end <= two.start + 1e-6 for one, two in itertools.pairwise(found))
    assert [(word.offset, word.length) for word in found] == words(cleaned(text))
    assert found[0].start < 0.15
    assert duration - found[-1].end < 0.15


def test_offsets_count_characters_not_bytes(tmp_path: Path):
    _, found = speak(tmp_path, MIXED, "zh")
    said = [MIXED[word.offset : word.offset + word.length] for word in found]
    assert said[:6] == ["小", "明", "有", "3", "个", "苹"]
    assert {"NASA", "rocket", "hello", "2024"} <= set(said)


@pytest.mark.parametrize(
    ("file", "language", "per_minute"),
    [
        ("long-way-home.txt", "en", (142, 160)),
        ("chang-e.txt", "zh", (235, 275)),
    ],  # words of one, syllables of the other
)
def test_pace_is_a_storytellers(tmp_path: Path, file: str, language: str, per_minute: tuple[int, int]):
    text = (EXAMPLES / file).read_text("utf-8").split("\n\n")[2]
    signal, found = speak(tmp_path, text, language)
    assert per_minute[0] < 60 * len(found) / (len(signal) / SAMPLE_RATE) < per_minute[1]


def test_pauses_grow_with_what_they_part(tmp_path: Path):
    text = "One day, she came; he left. Night fell… Birds sang.\n\nMorning came."
    _, found = speak(tmp_path, text, "en")
    gaps = {text[one.offset : one.offset + one.length]: two.start - one.end for one, two in itertools.pairwise(found)}
    pauses = [gaps[word] for word in ("One", "day", "came", "left", "fell", "sang")]
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.05 < 0.15 < pauses[1] < 0.35 < pauses[3] < 0.7 < pauses[5] < 1.1


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (CHINESE, "zh")])
def test_no_telling_is_monotonous(tmp_path: Path, pitches: Pitches, text: str, language: str):
    signal, _ = speak(tmp_path, text, language)
    voiced = pitches(signal)
    low, high = np.percentile(voiced, [5, 95])
    assert 7 < 12 * np.log2(high / low) < 15
    assert 100 < np.median(voiced) < 140


def test_nothing_clicks(tmp_path: Path):
    text = 'Stop! "Go," she said — "now." 他说：“走吧。”'
    signal, _ = speak(tmp_path, text, "en")
    quiet = np.convolve(np.abs(signal) < 10 ** (-50 / 20), np.ones(240), "valid") == 240  # 5 ms of it
    begins = np.flatnonzero(quiet[:-1] & ~quiet[1:]) + 240
    ends = np.flatnonzero(quiet[1:] & ~quiet[:-1])
    assert len(begins) > 4
    assert np.abs(np.diff(signal))[begins - 1].max() < 0.005
    assert np.abs(np.diff(signal))[ends].max() < 0.005
    assert not signal[[0, -1]].any()


def test_the_end_rings_off_in_the_room(tmp_path: Path):
    signal, found = speak(tmp_path, ENGLISH, "en")
    after = signal[round(found[-1].end * SAMPLE_RATE) :]
    assert 0.08 < len(after) / SAMPLE_RATE < 0.2
    loudness = [np.sqrt(np.mean(part**2)) for part in np.array_split(after, 4)]
    assert loudness == sorted(loudness, reverse=True)


@pytest.mark.parametrize(("text", "language"), [("Then he followed me too.", "en"), ("他慢慢地走回了家。", "zh")])
def test_no_vowel_breaks_off(tmp_path: Path, text: str, language: str):
    signal, _ = speak(tmp_path, text, language)
    pulses = SAMPLE_RATE // 50  # two of the voice
    loudness = [decibels(np.sqrt(np.mean(signal[at : at + pulses] ** 2))) for at in range(0, len(signal), pulses // 2)]
    falls = [one - two for one, two in itertools.pairwise(loudness[-30:]) if one > -45]
    assert max(falls) < 14


def test_shots_are_equally_loud(tmp_path: Path):
    levels = []
    for text in ("Stop!", ENGLISH, "She was cold, and the night was long.", "“Hush,” he said. “They sleep.”"):
        signal, _ = speak(tmp_path, text, "en")
        power = np.convolve(signal**2, np.ones(2400) / 2400, "same")
        levels.append(decibels(np.sqrt(power[power > power.max() / 100].mean())))
    assert max(levels) - min(levels) < 1.5


def test_rate_changes_the_pace(tmp_path: Path):
    slow, _ = speak(tmp_path, ENGLISH, "en", rate=0.8)
    fast, _ = speak(tmp_path, ENGLISH, "en", rate=1.5)
    assert len(slow) > 1.4 * len(fast)


@pytest.mark.parametrize("speaker", VOICES, ids=lambda speaker: speaker.voice.id)
def test_every_voice_is_clean_and_evenly_loud_in_both_languages(tmp_path: Path, speaker):
    for text in (ENGLISH, CHINESE):
        signal, _ = speak(tmp_path, text, "en", speaker.voice.id)
        assert decibels(np.abs(signal).max()) <= -1
        assert -24 < decibels(np.sqrt(np.mean(signal**2))) < -16
        assert abs(signal.mean()) < 0.001
        assert np.abs(signal[[0, -1]]).max() < 0.001
        first, end = voiced_span(signal)
        assert first < 0.05 * SAMPLE_RATE
        assert len(signal) - end < 0.15 * SAMPLE_RATE


def test_voices_sound_different(tmp_path: Path):
    heard = {speaker.voice.id: speak(tmp_path, "你好 hello", "en", speaker.voice.id)[0].tobytes() for speaker in VOICES}
    # A Chinese and an American voice of the same timbre speak a text with letters of both languages alike.
    assert len(set(heard.values())) == 4


@pytest.mark.parametrize("speaker", VOICES, ids=lambda speaker: speaker.voice.id)
def test_the_same_request_gives_the_same_voice(tmp_path: Path, speaker):
    heard = set[bytes]()
    for turn in range(4):
        litter = [bytes([turn]) * size for size in range(100, 20_000, 100)]  # what a call finds in memory differs
        heard.add(speak(tmp_path, MIXED, "zh", speaker.voice.id)[0].tobytes())
        del litter
    assert len(heard) == 1


def test_chinese_and_english_words_are_spoken_by_voices_of_their_language():
    assert [(phrase.language, phrase.text.strip()) for phrase in phrases(MIXED, "zh")] == [
        ("zh", "小明有3个苹果，"),
        ("zh", "他对"),
        ("en", "NASA"),
        ("zh", "的"),
        ("en", "rocket"),
        ("zh", "说"),
        ("en", "hello，"),
        ("zh", "那是2024年。"),
    ]
    assert [phrase.language for phrase in phrases("2024", "zh")] == ["zh"]
    assert [phrase.language for phrase in phrases("He came in 2024年", "en")] == ["en", "zh"]
    assert [phrase.language for phrase in phrases("它重5kg。", "zh")] == ["zh"]
    assert [phrase.text for phrase in phrases("OK, 2-3个", "zh")] == ["OK,", " ", "2-3个"][::2]


def test_short_forms_end_no_sentence():
    for text in ("Mr. & Mrs. Brown came", "a 5 ft. tall man", "J. R. R. Tolkien", "the No. 1"):
        assert len(phrases(text, "en")) == 1


def test_phrases_end_where_one_pauses_and_nowhere_else():
    text = "Dr. Who paid $1,234.50 at 3:05 p.m. to J. Smith, e.g. for No. 5 (new)… And left — alone."
    assert [phrase.text.strip() for phrase in phrases(text, "en")] == [
        "Dr. Who paid $1,234.50 at 3:05 p.m. to J. Smith,",
        "e.g. for No. 5 (",
        "new)",
        "And left —",
        "alone.",
    ]


def test_numbers_are_spoken(tmp_path: Path):
    digits, found = speak(tmp_path, "1234567", "en")
    assert len(found) == 1
    assert len(digits) > 2 * SAMPLE_RATE


@pytest.mark.parametrize("text", ["", " \n", "😀🎉✨", "...", "—— ——", "\0", "\ud800", "<>[]{}", "☃️"])
def test_what_cannot_be_said_is_a_short_silence(tmp_path: Path, text: str):
    signal, found = speak(tmp_path, text, "en")
    assert found == ()
    assert len(signal) == round(0.6 * SAMPLE_RATE)
    assert not signal.any()


def test_markup_and_phoneme_codes_are_only_text(tmp_path: Path):
    plain, _ = speak(tmp_path, "wait, break time and go h loU", "en")
    marked, found = speak(tmp_path, "wait, <break time and> go [[h@loU]]", "en")
    assert len(found) == 7
    assert np.array_equal(plain, marked)


def test_nothing_after_a_nul_is_lost(tmp_path: Path):
    _, found = speak(tmp_path, "one\0two", "en")
    assert [word.offset for word in found] == [0, 4]


def test_long_text_is_spoken_in_phrases_that_lose_nothing():
    text = " ".join(f"Sentence number {number} is here, and 雨 falls." for number in range(300)) + "a" * 2000
    found = phrases(text, "en")
    assert all(len(phrase.text) <= 300 for phrase in found)
    assert "".join(phrase.text for phrase in found) == cleaned(text)
    assert all(text[phrase.offset] == phrase.text[0] for phrase in found)


@given(st.text(max_size=60))
@example("Привет, мир! مرحبا 안녕하세요 こんにちは世界 Γειά ηλιος नमस्ते สวัสดี שלום")
@example("𠀀𠀁ｈｅｌｌｏ①²½ Ⅷ ﷺ a\u0301\u200d\u202e")
@settings(max_examples=40, deadline=None)
def test_any_text_is_spoken_or_silent(tmp_path_factory: pytest.TempPathFactory, text: str):
    signal, found = speak(tmp_path_factory.mktemp("voice"), text, "zh")
    assert len(signal) > 0
    assert decibels(np.abs(signal).max()) <= -1
    assert all(0 <= word.start <= word.end <= len(signal) / SAMPLE_RATE + 1e-6 for word in found)
    assert all(text[word.offset : word.offset + word.length].strip() for word in found)


def test_unknown_voice_is_refused_with_the_list():
    with pytest.raises(InvalidInputError) as refused:
        choose("gandalf", "en")
    assert refused.value.code == "unknown_voice"
    assert "zh-f" in refused.value.hint


def test_polish_keeps_a_tone_in_place_and_time():
    tone = np.sin(2 * np.pi * 1000 * np.arange(22_050) / 22_050)
    result = limited(polished(equalised((tone * 20_000).astype(np.int16), 22_050), 1.0))
    assert len(result) == SAMPLE_RATE
    spectrum = np.abs(np.fft.rfft(result))
    assert abs(int(spectrum.argmax()) - 1000) <= 1
    assert np.abs(result).max() <= PEAK


def test_hiss_is_tamed_and_vowels_are_not():
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    vowel, hiss = 0.05 * np.sin(2 * np.pi * 500 * time), 0.2 * np.sin(2 * np.pi * 7000 * time)
    assert np.abs(polished(vowel, 1.0)).max() == pytest.approx(0.05, rel=0.02)
    assert np.abs(polished(hiss, 1.0)[1000:-1000]).max() < 0.12


def test_the_room_is_small_and_only_just_there():
    click = np.zeros(4800)
    click[0] = 1
    heard = echo(click, SAMPLE_RATE)
    assert len(heard) == 4800 + round(DECAY * SAMPLE_RATE)
    assert -22 < 10 * np.log10(np.sum(heard**2)) < -12
    assert np.sum(heard[round(0.05 * SAMPLE_RATE) :] ** 2) < 0.2 * np.sum(heard**2)


def test_fades_reach_zero():
    signal = faded(np.ones(4800), 0.01, 0.02)
    assert signal[0] == 0
    assert signal[-1] == 0
    assert signal[2400] == 1


async def test_the_engine_speaks_a_batch_in_order_without_blocking(tmp_path: Path):
    engine, job = BuiltinSpeechEngine(), Job(tmp_path)
    assert await engine.missing() == []
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    results = await engine.speak([SpeechRequest(ENGLISH, "en"), SpeechRequest(CHINESE, "zh", voice="zh-f")], job)
    ticking.cancel()
    assert ticks > 5
    assert [len(result.words) for result in results] == [len(words(ENGLISH)), len(words(CHINESE))]
    assert all(result.file.parent == tmp_path and samples(result.file).any() for result in results)


async def test_the_default_voice_is_the_languages_own():
    voices = await BuiltinSpeechEngine().voices()
    assert [next(voice.id for voice in voices if voice.language == language) for language in ("en", "zh")] == [
        "en-us",
        "zh",
    ]
    assert choose(None, "fr").voice.id == "en-us"

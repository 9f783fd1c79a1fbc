"""What is written, as it is said: numbers and signs in words, Chinese in pinyin, every word in its place."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyreel.engines.backends.builtin.voice.espeak import Espeak
from storyreel.engines.backends.builtin.voice.reading import chinese, english, read
from storyreel.engines.backends.builtin.voice.reading.pinyin import syllables
from storyreel.engines.backends.builtin.voice.scripts import cleaned, words

# A word or two a line, and how each character sounds there.
READINGS = (Path(__file__).parent / "readings.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("In 1984, he was 5.", "In nineteen eighty-four, he was five."),
        ("1066, 1900, 1905, 2000, 2004, 2024", "one thousand and sixty-six, nineteen hundred, nineteen oh five, "
         "two thousand, two thousand and four, twenty twenty-four"),
        ("1,234,567", "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
        ("1,234.05", "one thousand two hundred and thirty-four point zero five"),
        ("12345678901234567890", "one two three four five six seven eight nine zero one two three four five six seven "
         "eight nine zero"),
        ("-3 and 007", "minus three and zero zero seven"),
        ("the 1st, 2nd, 3rd, 12th, 20th, 21st and 112th", "the first, second, third, twelfth, twentieth, twenty-first "
         "and one hundred and twelfth"),
        ("May 5, 5 March, the 2nd of June, Jan. 21st", "May fifth, the fifth of March, the second of June, "
         "January twenty-first"),
        ("2024-03-05", "March fifth, twenty twenty-four"),
        ("at 3:05 pm, 12:30, 7:00 a.m., 3:00", "at three oh five P M, twelve thirty, seven A M, three o'clock"),
        ("$5.20, $1, £3 million, €2.50", "five dollars and twenty cents, one dollar, three million pounds, "
         "two euros and fifty cents"),
        ("5 km, 1 kg, 60 mph, a 5-km walk", "five kilometers, one kilogram, sixty miles per hour, "
         "a five-kilometer walk"),
        ("25°C, -5°C, 50%", "twenty-five degrees Celsius, minus five degrees Celsius, fifty percent"),
        ("3/4, 1/2, 2 1/2, 1½, 24/7", "three quarters, one half, two and a half, one and a half, twenty-four seven"),
        ("Mr. and Mrs. Brown, Dr. Who", "Mister and Missis Brown, Doctor Who"),
        ("Baker St. near St. Paul", "Baker Street near Saint Paul"),
        ("No. 5, e.g. this, i.e. that, etc.", "number five, for example this, that is that, et cetera"),
        ("King Henry VIII, Louis XIV, Queen Elizabeth II", "King Henry the eighth, Louis the fourteenth, "
         "Queen Elizabeth the second"),
        ("King Charles I, Chapter IV, World War II, so did I", "King Charles the first, Chapter four, World War two, "
         "so did I"),
        ("call 555-123-4567", "call five five five, one two three, four five six seven"),
        ("the 1980s and the '90s", "the nineteen eighties and the nineties"),
        ("pages 10-12", "pages ten to twelve"),
        ("salt & pepper", "salt and pepper"),
        ("She read it, to read it; he can read", "She red it, to read it; he can read"),
        ("Close the door, close to me", "cloze the door, close to me"),
        ("It wound its way; a wound", "It wownd its way; a wound"),
        ("He made a bow; a bow and arrow", "He made a bough; a bow and arrow"),
        ("Shhh", "shush"),
        ("It's 5:30pm; call 911", "It's five thirty P M; call nine one one"),
    ],
)  # fmt: skip
def test_english_in_words(written: str, said: str):
    assert " ".join(read(cleaned(written), "en").text.split()) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024年3月5日", "二零二四年三月五日"),
        ("2024-03-05", "二零二四年三月五日"),
        ("1990-1995年", "一九九零到一九九五年"),
        ("90年代，2000年前", "九十年代，两千年前"),
        ("1,234.5元", "一千二百三十四点五元"),
        ("第3，第2", "第三，第二"),
        ("50%，3/4，½", "百分之五十，四分之三，二分之一"),
        ("2个，22个，2月，2米，2和3", "两个，二十二个，二月，两米，二和三"),
        ("10，12，110，102，1002，2000，20000，200000000", "十，十二，一百一十，一百零二，一千零二，两千，两万，两亿"),
        ("25℃，-5°C", "二十五摄氏度，零下五摄氏度"),
        ("3:05，12:30，2:00", "三点零五分，十二点三十分，两点"),
        ("3:2赢", "三比二赢"),
        ("¥5.2，$100", "五点二元，一百美元"),
        ("5km，2kg，60km/h", "五公里，两公斤，每小时六十公里"),
        ("3-5天", "三到五天"),
        ("80后，邮编100081", "八零后，邮编幺零零零八幺"),
        ("打110，13812345678", "打幺幺零，幺三八幺二三四五六七八"),
        ("1998年5月", "一九九八年五月"),
    ],
)
def test_chinese_in_words(written: str, said: str):
    assert read(written, "zh").text == read(said, "zh").text
    assert not any(character.isdigit() for character in said)


@pytest.mark.parametrize("line", READINGS)
def test_characters_with_several_readings(line: str):
    written, *said = line.split()
    assert list(itertools.chain.from_iterable(syllables(written))) == said


def test_every_syllable_is_spoken_as_chinese():
    with Espeak() as espeak:
        espeak.choose("cmn", "")
        # As English, as espeak-ng would say the syllable xiong, it would take three times as long.
        for text in ("熊", "穷", "窘"):
            samples, _ = espeak.say(read(text, "zh").text, 175, phonemes=True)
            assert 0.2 < len(samples) / espeak.sample_rate < 0.75


@pytest.mark.parametrize(
    ("text", "language", "word", "said"),
    [
        ("It cost $5.20 then", "en", "5", "five"),
        ("It cost $5.20 then", "en", "then", "then"),
        ("at 3:05 pm he", "en", "05", "five"),
        ("On 5 March he", "en", "5", "the"),
        ("On 5 March he", "en", "he", "he"),
        ("2024年的熊", "zh", "年", "nian2"),
        ("2024年的熊", "zh", "的", "de5"),
        ("有-5°C吗", "zh", "吗", "ma5"),
    ],
)
def test_a_word_is_found_where_it_is_said(text: str, language: str, word: str, said: str):
    written = read(text, language)
    assert written.text[written.place_of(text.index(word)) :].lstrip().startswith(said)


@given(
    st.text(
        alphabet=st.sampled_from(list("0123456789.,:/-–%°C$¥ kmstamp一二不了得地熊字年月日第个个VIX½")), max_size=30
    )
)
@settings(max_examples=200, deadline=None)
def test_places_never_go_back_whatever_is_written(text: str):
    for language in ("en", "zh"):
        written = read(cleaned(text), language)
        assert len(written.text) == len(written.origins)
        assert list(written.origins) == sorted(written.origins)
        assert all(0 <= written.place_of(offset) <= len(written.text) for offset, _ in words(text))


@pytest.mark.parametrize("number", [0, 7, 13, 40, 99, 100, 101, 999, 1000, 12_345, 10**6, 10**12 + 1])
def test_numbers_are_named_in_both_languages(number: int):
    assert english.cardinal(number)
    assert chinese.cardinal(number)
    assert english.ordinal(number).endswith(("th", "st", "nd", "rd"))

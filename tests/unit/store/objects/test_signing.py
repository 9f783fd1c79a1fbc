import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyreel.store.objects.signing import LONGEST_SECONDS, WINDOW_SECONDS, UrlSigner

NAME = "ab" * 32 + ".png"
NOW = 1_800_000_123.4
SIGNER = UrlSigner(b"s" * 32)


@given(st.floats(min_value=0, max_value=4e9))
def test_a_link_lives_between_30_and_60_minutes(now: float) -> None:
    expires, signature = SIGNER.sign(NAME, now)
    assert WINDOW_SECONDS < expires - now <= LONGEST_SECONDS
    assert SIGNER.verify(NAME, expires, signature, now)
    assert SIGNER.verify(NAME, str(expires), signature, expires - 1)
    assert not SIGNER.verify(NAME, expires, signature, expires)


def test_a_link_stays_the_same_within_its_window() -> None:
    start = NOW // WINDOW_SECONDS * WINDOW_SECONDS
    links = {SIGNER.sign(NAME, start + seconds) for seconds in (0, 1, 900, WINDOW_SECONDS - 1)}
    assert len(links) == 1
    assert SIGNER.sign(NAME, start + WINDOW_SECONDS) not in links


def test_a_link_opens_one_file_until_one_moment_for_one_secret() -> None:
    expires, signature = SIGNER.sign(NAME, NOW)
    assert not SIGNER.verify("cd" * 32 + ".png", expires, signature, NOW)
    assert not SIGNER.verify(NAME, expires - 1, signature, NOW)
    assert not SIGNER.verify(NAME, expires + 1, signature, NOW)
    assert not UrlSigner(b"t" * 32).verify(NAME, expires, signature, NOW)
    for place in range(len(signature)):
        changed = signature[:place] + ("A" if signature[place] != "A" else "B") + signature[place + 1 :]
        assert not SIGNER.verify(NAME, expires, changed, NOW)


@pytest.mark.parametrize("ahead", [LONGEST_SECONDS + 1, 10**9])
def test_a_link_of_the_far_future_is_refused_though_its_signature_is_right(ahead: int) -> None:
    expires, signature = SIGNER.sign(NAME, NOW + ahead)
    assert SIGNER.verify(NAME, expires, signature, NOW + ahead)
    assert not SIGNER.verify(NAME, expires, signature, NOW)


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "+1800003600", " 1800003600", "01800003600", "1.8e9", "nan", "9" * 5000, "１８００００３６００"],
)
def test_a_malformed_expiry_is_refused(text: str) -> None:
    assert not SIGNER.verify(NAME, text, SIGNER.sign(NAME, NOW)[1], NOW)


@pytest.mark.parametrize(
    "signature", ["", "=", "A" * 42, "A" * 44, "é" * 43, "A" * 42 + "=", "A" * 10**6, "\ud800" * 43]
)
def test_a_malformed_signature_is_refused(signature: str) -> None:
    assert not SIGNER.verify(NAME, SIGNER.sign(NAME, NOW)[0], signature, NOW)


@pytest.mark.parametrize("name", ["", "é", "\ud800", "a" * 10**6])
def test_a_malformed_name_is_refused(name: str) -> None:
    assert not SIGNER.verify(name, *SIGNER.sign(NAME, NOW), NOW)


def test_padding_is_no_second_spelling() -> None:
    expires, signature = SIGNER.sign(NAME, NOW)
    for spelling in (signature + "=", signature + "\n", signature.lower()):
        assert not SIGNER.verify(NAME, expires, spelling, NOW)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        UrlSigner(b"short")

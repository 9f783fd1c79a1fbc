import threading

import pytest

from storyreel.store import credentials
from storyreel.store.credentials import (
    check_password_strength,
    hash_password,
    new_token,
    token_digest,
    verify_password,
)

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def stored() -> str:
    return hash_password(PASSWORD)


def test_only_the_right_password_matches(stored: str) -> None:
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert verify_password(stored, PASSWORD)
    assert not verify_password(stored, PASSWORD + " ")
    assert not verify_password(stored, "")


def test_equal_passwords_have_different_hashes(stored: str) -> None:
    assert hash_password(PASSWORD) != stored


def test_an_unknown_user_costs_as_much_as_a_known_one(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    verify = credentials._passwords.verify

    def record(password: bytes, hash: str) -> bool:
        checked.append(hash)
        return verify(password, hash)

    monkeypatch.setattr(credentials._passwords, "verify", record)
    assert not verify_password(None, PASSWORD)
    assert not verify_password(stored, "wrong")
    dummy, real = (hash.split("$") for hash in checked)
    assert dummy[:4] == real[:4]  # same algorithm, version, memory, passes and lanes
    assert [len(part) for part in dummy] == [len(part) for part in real]


@pytest.mark.parametrize(
    "password", ["密码密码真是太长了呀呀呀", "e\u0301" * 6, "\ud800broken half of a pair", "nul \0 inside it"]
)
def test_any_text_can_be_a_password(password: str) -> None:
    assert verify_password(hash_password(password), password)


def test_a_password_is_the_same_however_it_was_composed() -> None:
    assert verify_password(hash_password("caf\u00e9 cr\u00e8me"), "cafe\u0301 cre\u0300me")


def test_at_most_two_are_hashed_at_once(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    most = running = 0
    count = threading.Lock()
    pair = threading.Barrier(2)

    def verify(password: bytes, hash: str) -> bool:
        nonlocal most, running
        with count:
            running += 1
            most = max(most, running)
        pair.wait(timeout=30)
        with count:
            running -= 1
        return True

    monkeypatch.setattr(credentials._passwords, "verify", verify)
    threads = [threading.Thread(target=verify_password, args=(stored, PASSWORD)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 12"),
        ("short", "at least 12"),
        ("x" * 11, "at least 12"),
        ("aaaaaaaaaaaaaaaa", "too few different"),
        ("abababababababab", "too few different"),
        ("x" * 1025, "at most 1024"),
    ],
)
def test_weak_passwords_have_a_reason(password: str, reason: str) -> None:
    assert reason in (check_password_strength(password) or "")


def test_good_passwords_have_none() -> None:
    assert check_password_strength(PASSWORD) is None
    assert check_password_strength("一二三四五六七八九十百千") is None
    assert check_password_strength("a", minimum=1) is None


def test_tokens_are_random_and_only_their_digest_is_stored() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len({token for token, _ in tokens}) == 100
    for token, digest in tokens:
        assert len(token) >= 43
        assert token_digest(token) == digest
        assert len(digest) == 64
        assert token not in digest


def test_any_text_has_a_digest() -> None:
    assert token_digest("\ud800") != token_digest("é") != token_digest("")

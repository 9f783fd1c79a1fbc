from dataclasses import replace

from storyreel.domain.artifact import Artifact
from storyreel.store.database import artifacts
from storyreel.store.database.connection import Database
from storyreel.store.database.rows import now


def artifact(key: str) -> Artifact:
    facts = {"duration": 1.25, "words": [{"start": 0.1}]}
    return Artifact(key, f"{key}.wav", "d" * 64, "audio/wav", 5 * 2**31, {"kind": "voice"}, facts, now())


def test_what_goes_in_comes_out_and_may_be_replaced(database: Database) -> None:
    first = artifact("a" * 64)
    with database.write() as connection:
        artifacts.put(connection, first)
        artifacts.put(connection, first)
        assert artifacts.get(connection, first.key) == first
        again = replace(first, digest="e" * 64, facts={"duration": 2.5, "words": []})
        artifacts.put(connection, again)
        assert artifacts.get(connection, first.key) == again
        assert artifacts.get(connection, "b" * 64) is None


def test_many_are_found_at_once(database: Database) -> None:
    keys = [f"{number:064x}" for number in range(1200)]
    with database.write() as connection:
        for key in keys[::2]:
            artifacts.put(connection, artifact(key))
        assert artifacts.many(connection, keys).keys() == set(keys[::2])
        assert artifacts.many(connection, []) == {}

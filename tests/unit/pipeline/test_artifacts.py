import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from storyreel.domain.artifact import Artifact
from storyreel.pipeline.artifacts import Artifacts, Made
from storyreel.store.database import artifacts, claims, tables
from storyreel.store.database.connection import Database
from storyreel.store.objects.folder import FolderStore

ORDER = {"kind": "voice", "text": "好", "seed": 1}
Produce = Callable[[Path], Awaitable[Made]]


class Executor:
    """A process, which nobody takes for dead."""

    def __init__(self, executor_id: str) -> None:
        self.executor_id = executor_id

    async def sure(self) -> None:
        pass


class Process:
    """One process's view of a data folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.scratch = folder / name
        self.scratch.mkdir()
        self.database = Database(f"sqlite:///{folder / 'rows.db'}")
        self.database.migrate()
        self.objects = FolderStore(folder / "objects")
        self.artifacts = Artifacts(self.database, self.objects, self.scratch, Executor(name))

    def close(self) -> None:
        self.objects.close()
        self.database.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[str], Process]]:
    opened: list[Process] = []

    def open_(name: str) -> Process:
        opened.append(Process(tmp_path, name))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


@pytest.fixture
def one(process: Callable[[str], Process]) -> Process:
    return process("one")


def producing(content: str, calls: list[str] | None = None) -> Produce:
    """Makes a file with this content, which also is its one fact."""

    async def produce(folder: Path) -> Made:
        if calls is not None:
            calls.append(content)
        await asyncio.sleep(0.01)
        file = folder / "out.wav"
        file.write_text(content)
        (folder / "left over").touch()
        return Made(file, "audio/wav", {"content": content})

    return produce


async def failing(folder: Path) -> Made:
    (folder / "half").touch()
    raise ValueError("no")


def check(process: Process, artifact: Artifact) -> str:
    """The file is what row and manifest say; its content."""
    key = process.artifacts.key(ORDER)
    with process.database.read() as connection:
        assert artifacts.get(connection, key) == artifact
    with process.database.write() as connection:
        connection.execute(tables.artifacts.delete())
    assert process.artifacts.find(key) == artifact, "the manifest says otherwise"
    content = process.artifacts.path(artifact).read_text()
    assert artifact.facts == {"content": content}
    assert artifact.digest == hashlib.sha256(content.encode()).hexdigest()
    assert artifact.size == len(content)
    assert list(process.scratch.iterdir()) == []
    return content


async def test_what_is_there_is_not_made_again(one: Process) -> None:
    calls: list[str] = []
    assert one.artifacts.find(one.artifacts.key(ORDER)) is None
    made = await one.artifacts.make(ORDER, producing("a", calls))
    assert await one.artifacts.make(ORDER, producing("b", calls)) == made
    assert calls == ["a"]
    assert (made.key, made.made_from, made.media_type) == (one.artifacts.key(ORDER), ORDER, "audio/wav")
    assert check(one, made) == "a"


async def test_the_key_follows_from_all_that_it_is_made_from(one: Process) -> None:
    key = one.artifacts.key(ORDER)
    assert one.artifacts.key(dict(reversed(ORDER.items()))) == key
    for change in ({"seed": 2}, {"text": "坏"}, {"kind": "image"}, {"more": None}):
        assert one.artifacts.key(ORDER | change) != key


async def test_what_many_ask_for_is_made_once(one: Process) -> None:
    calls: list[str] = []
    made = await asyncio.gather(*(one.artifacts.make(ORDER, producing(str(number), calls)) for number in range(5)))
    assert len(calls) == 1
    assert made == [made[0]] * 5


async def test_a_failure_leaves_nothing_behind(one: Process) -> None:
    with pytest.raises(ValueError, match="no"):
        await one.artifacts.make(ORDER, failing)
    assert list(one.scratch.iterdir()) == []
    assert check(one, await one.artifacts.make(ORDER, producing("b"))) == "b"


async def test_who_waits_for_a_cancelled_maker_makes_it(one: Process) -> None:
    async def forever(_folder: Path) -> Made:
        await asyncio.sleep(3600)
        raise AssertionError

    maker = asyncio.create_task(one.artifacts.make(ORDER, forever))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(one.artifacts.make(ORDER, producing("b")))
    await asyncio.sleep(0.05)
    maker.cancel()
    assert check(one, await waiting) == "b"


async def test_a_crash_before_the_manifest_makes_it_anew(one: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as crashing:
        crashing.setattr(one.objects, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await one.artifacts.make(ORDER, producing("first"))
    assert one.artifacts.find(one.artifacts.key(ORDER)) is None
    assert check(one, await one.artifacts.make(ORDER, producing("second, longer"))) == "second, longer"


async def test_a_crash_before_the_row_loses_nothing(
    one: Process, process: Callable[[str], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        crashing.setattr(artifacts, "put", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await one.artifacts.make(ORDER, producing("first"))
    calls: list[str] = []
    two = process("two")
    assert check(two, await two.artifacts.make(ORDER, producing("second", calls))) == "first"
    assert calls == []


async def test_a_lost_file_is_made_again(one: Process) -> None:
    made = await one.artifacts.make(ORDER, producing("first"))
    one.artifacts.path(made).unlink()
    assert one.artifacts.find(made.key) is None
    assert check(one, await one.artifacts.make(ORDER, producing("second, longer"))) == "second, longer"


async def test_what_two_processes_ask_for_at_once_is_made_once(one: Process, process: Callable[[str], Process]) -> None:
    two, calls = process("two"), list[str]()
    made = await asyncio.gather(
        *(each.artifacts.make(ORDER, producing(str(number), calls)) for number, each in enumerate((one, two)))
    )
    assert len(calls) == 1
    assert made == [made[0]] * 2


async def test_who_waits_for_another_process_that_fails_makes_it(
    one: Process, process: Callable[[str], Process]
) -> None:
    begun, two = asyncio.Event(), process("two")

    async def late_failure(_folder: Path) -> Made:
        begun.set()
        await asyncio.sleep(0.1)
        raise ValueError("no")

    maker = asyncio.create_task(one.artifacts.make(ORDER, late_failure))
    await begun.wait()
    assert check(two, await two.artifacts.make(ORDER, producing("b"))) == "b"
    with pytest.raises(ValueError, match="no"):
        await maker
    with one.database.read() as connection:
        assert claims.holders(connection) == set()


async def test_of_two_that_make_the_same_the_first_to_publish_counts(
    one: Process, process: Callable[[str], Process]
) -> None:
    two = process("two")
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(folder: Path) -> Made:
        begun.set()
        await go_on.wait()
        return await producing("slow, and otherwise")(folder)

    slow = asyncio.create_task(one.artifacts.make(ORDER, slowly))
    await begun.wait()
    with two.database.write() as connection:
        assert claims.release_all(connection, "one") == 1  # it stalled, and was taken for dead
    quick = await two.artifacts.make(ORDER, producing("quick"))
    go_on.set()
    assert await slow == quick
    assert check(one, quick) == "quick"
    assert check(two, quick) == "quick"


async def test_a_note_is_kept_by_any_process_until_the_artifact_is_made(process: Callable[[str], Process]) -> None:
    one, two = process("one"), process("two")
    key = one.artifacts.key(ORDER)
    assert one.artifacts.noted(key) == ""
    for text in ("job 1", "job 2"):
        one.artifacts.note(key, text)
        assert two.artifacts.noted(key) == text
    one.artifacts.note(key, "")
    assert two.artifacts.noted(key) == ""
    one.artifacts.note(key, "job 3")
    await two.artifacts.make(ORDER, producing("voice"))
    assert one.artifacts.noted(key) == ""

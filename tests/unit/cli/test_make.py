import json
import os
import signal
import sqlite3
import stat
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from storyreel.cli.make import check_output, clock, deliver
from storyreel.errors import InvalidInputError, StoryreelError
from storyreel.media.probe import probe_video

Program = Callable[..., "subprocess.CompletedProcess[str]"]
Start = Callable[..., "subprocess.Popen[str]"]

SMALL = ("--resolution", "320x180")


@pytest.mark.parametrize(("seconds", "shown"), [(6.6, "0:07"), (59.6, "1:00"), (760, "12:40"), (3723, "1:02:03")])
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_a_film_replaces_what_was_there_and_leaves_nothing_else(tmp_path: Path) -> None:
    film, output = tmp_path / "artifact", tmp_path / "out" / "film.mp4"
    film.write_bytes(b"new")
    output.parent.mkdir()
    output.write_bytes(b"old")
    deliver(film, output)
    assert output.read_bytes() == b"new"
    assert list(output.parent.iterdir()) == [output]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(output.stat().st_mode) == 0o666 & ~umask


def test_a_film_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    film, output = tmp_path / "artifact", tmp_path / "film.mp4"
    film.write_bytes(b"new")
    (output / "in the way").mkdir(parents=True)
    with pytest.raises(StoryreelError, match="The film is made, but cannot be written"):
        deliver(film, output)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["artifact", "film.mp4"]


def test_where_a_film_cannot_go(tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("A kid walks.")
    for output in (tmp_path, tmp_path / "missing" / "film.mp4", story):
        with pytest.raises(InvalidInputError, match="cannot be written"):
            check_output(output, str(story))
    check_output(tmp_path / "film.mp4", str(story))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.txt",), "cannot be read"),
        (("story.txt", "-o", "missing/film.mp4"), "no such folder"),
        (("story.txt", "--resolution", "7x7"), "cannot be encoded"),
        (("story.txt", "--resolution", "huge"), "not a resolution"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_begins(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "story.txt").write_text("A kid walks.")
    result = run("make", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("", (), "The story is empty"),
        ("a\0b", (), "NUL"),
        ("a" * 200_001, (), "200,001 characters"),
        ("A kid walks.", ("--voice", "nobody"), "There is no voice 'nobody'.\nUse one of fake-en, fake-zh."),
        ("A kid walks.", ("--fps", "23"), "Use one of 24, 25, 30, 60."),
        ("A kid walks.", ("--title", "t" * 201), "The title has 201 characters"),
    ],
)
@pytest.mark.slow
def test_what_makes_no_film(
    storyreel: Program, tmp_path: Path, text: str, arguments: tuple[str, ...], said: str
) -> None:
    result = storyreel("make", "-", *arguments, input=text)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "film.mp4").exists()


def test_a_film_and_what_is_said_about_it(storyreel: Program, story: Path, tmp_path: Path) -> None:
    result = storyreel("make", story.name, "-o", "walk.mp4", *SMALL, "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    facts = probe_video(tmp_path / "walk.mp4")
    assert told.keys() == {"path", "duration", "frames", "seconds", "project_id", "shots"}
    assert told["path"] == str(tmp_path / "walk.mp4")
    assert (told["frames"], told["shots"]) == (facts.frames, 3)
    assert told["duration"] == pytest.approx(facts.duration)
    assert (facts.width, facts.height) == (320, 180)
    assert result.stderr == ""


@pytest.mark.slow
def test_a_story_from_standard_input_with_bars(storyreel: Program, tmp_path: Path) -> None:
    result = storyreel("make", "-", *SMALL, "--subtitles", "none", "--no-music", input="A kid walks. A dog barks!")
    assert result.returncode == 0, result.stderr
    path, summary = result.stdout.splitlines()
    assert path == str(tmp_path / "film.mp4")
    assert "(2 shots, 320x180 at 24 fps" in summary
    for stage in ("Storyboard", "Pictures", "Voices", "Clips", "Film"):
        assert stage in result.stderr
    assert "2 of 2" in result.stderr


@pytest.mark.slow
def test_the_same_wish_again_makes_nothing_again(
    storyreel: Program, story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal"
    monkeypatch.setenv("STORYREEL_FAKE_JOURNAL", str(journal))
    first = json.loads(storyreel("make", story.name, *SMALL, "--json").stdout)
    made = journal.read_text()
    second = json.loads(storyreel("make", story.name, *SMALL, "--json", "-o", "again.mp4").stdout)
    assert journal.read_text() == made
    assert second["project_id"] == first["project_id"]
    assert (tmp_path / "again.mp4").read_bytes() == (tmp_path / "film.mp4").read_bytes()
    other = json.loads(storyreel("plan", story.name, "--seed", "1", "--json").stdout)
    assert other["project_id"] != first["project_id"]


@pytest.mark.slow
def test_a_failing_engine_ends_with_1_and_its_reason(storyreel: Program, tmp_path: Path) -> None:
    result = storyreel("make", "-", *SMALL, "--json", input="A kid walks. FAIL-speech now. They run home.")
    assert result.returncode == 1
    assert "Shot 2: The fake speech engine was told to fail." in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "film.mp4").exists()
    assert active(tmp_path) == 0


@pytest.mark.slow
def test_a_storyboard_that_failed_is_tried_again(
    storyreel: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal"
    monkeypatch.setenv("STORYREEL_FAKE_JOURNAL", str(journal))
    for _ in range(2):
        result = storyreel("make", "-", *SMALL, input="FAIL-story now.")
        assert result.returncode == 1
        assert "The fake story engine was told to fail." in result.stderr
    assert journal.read_text().count("begin story") == 2


def active(folder: Path) -> int:
    """How many tasks of the data folder are still to be done."""
    with sqlite3.connect(folder / "data" / "storyreel.db") as rows:
        found = rows.execute("SELECT count(*) FROM tasks WHERE status IN ('PENDING', 'RUNNING')").fetchone()[0]
    rows.close()
    return found


def recorded(folder: Path) -> set[str]:
    """The keys of everything that was made."""
    with sqlite3.connect(folder / "data" / "storyreel.db") as rows:
        found = {key for (key,) in rows.execute("SELECT key FROM artifacts")}
    rows.close()
    return found


def until_journal_says(journal: Path, what: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 120
    while not (journal.exists() and what in journal.read_text()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the fake engines, slow now, write down."""
    monkeypatch.setenv("STORYREEL_FAKE_JOURNAL", str(tmp_path / "journal"))
    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "1")
    return tmp_path / "journal"


def begun(journal: Path) -> Counter[str]:
    """How often the work of each key was begun."""
    return Counter(line.split()[2] for line in journal.read_text().splitlines() if line.startswith("begin"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "number", "code"),
    [
        pytest.param("begin story", signal.SIGTERM, 143, marks=pytest.mark.long),
        pytest.param("begin video", signal.SIGINT, 130, marks=pytest.mark.long),
        ("begin video", signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_stopped_or_killed_a_second_run_goes_on_from_there(
    start: Start,
    storyreel: Program,
    story: Path,
    journal: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    number: signal.Signals,
    code: int,
) -> None:
    process = start("make", story.name, *SMALL)
    until_journal_says(journal, moment, process)
    if number is signal.SIGKILL:
        process.kill()
    else:
        os.killpg(process.pid, number)  # the whole group, as a terminal does for Ctrl-C
    output, errors = process.communicate(timeout=60)
    assert process.returncode == code, errors
    assert output == ""
    assert not (story.parent / "film.mp4").exists()
    if number is not signal.SIGKILL:
        assert "run the same command again" in errors
        assert "Traceback" not in errors
        assert active(story.parent) == 0
    finished = recorded(story.parent)
    assert (moment == "begin video") <= bool(finished)

    monkeypatch.setenv("STORYREEL_FAKE_SECONDS", "0")
    result = storyreel("make", story.name, *SMALL)
    assert result.returncode == 0, result.stderr
    assert active(story.parent) == 0
    times = begun(journal)
    assert {key: times[key] for key in finished & times.keys()} == dict.fromkeys(finished & times.keys(), 1)
    assert all(count <= 2 for count in times.values())


@pytest.mark.slow
def test_ctrl_c_during_the_last_cut_reaches_no_child(
    start: Start, storyreel: Program, story: Path, tmp_path: Path
) -> None:
    """Encoding runs in child processes, which get the terminal's signal too."""
    process = start("make", story.name, "--resolution", "1280x720")
    end = time.monotonic() + 120
    while not list((tmp_path / "data").glob("scratch/*/*/clip.mp4")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors


@pytest.mark.slow
def test_a_plan_is_the_whole_story_and_draws_nothing(
    storyreel: Program, story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal"
    monkeypatch.setenv("STORYREEL_FAKE_JOURNAL", str(journal))
    plan = json.loads(storyreel("plan", story.name, "--json").stdout)
    assert plan["title"] == "A small walk"
    assert [shot["narration"] for shot in plan["shots"]] == ["A kid walks.", "A dog barks!", "They run home."]
    assert [line.split()[1] for line in journal.read_text().splitlines()] == ["story", "story"]
    assert "A dog barks!" in storyreel("plan", story.name).stdout

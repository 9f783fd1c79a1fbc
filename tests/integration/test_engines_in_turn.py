"""Where one engine fails for good the next one makes it, and what was made says by whom."""

from typing import Any

from storyreel.domain.task import TaskStatus

IN_TURN = {
    f"{kind}_engine": f"no-such-engine, storyreel.engines.testing:Fake{kind.title()}Engine,"
    f"standing_in:StandIn{kind.title()}Engine"
    for kind in ("story", "image", "speech", "video")
}


def makers(studio: Any, project: Any, kind: str) -> list[str]:
    keys = [getattr(shot, kind) for shot in studio.shots(project)]
    return [studio.artifact(key).made_from["engine"].partition("@")[0] for key in keys]


def test_the_next_engine_makes_what_one_fails_at(studio: Any) -> None:
    studio.open(**IN_TURN)
    project = studio.project("A kid walks. A dog barks. FAIL-speech they run. All go home.")
    shots = studio.shots(project)
    studio.edit(shots[1], prompt_en="FAIL-image")
    studio.edit(shots[3], prompt_en="FAIL-video")
    film = studio.done(studio.film(project))
    for kind, failing in (("image", 1), ("voice", 2), ("clip", 3)):
        expected = ["stand-in" if number == failing else "fake" for number in range(4)]
        assert makers(studio, project, kind) == expected, kind

    calls = len(studio.calls())
    assert studio.done(studio.film(project)).result == film.result
    assert len(studio.calls()) == calls, "what was made by another engine is not made again"


def test_a_story_is_planned_by_the_next_engine(studio: Any) -> None:
    studio.open(**IN_TURN)
    project, task = studio.begin("A kid walks. FAIL-story! They run.")
    board = studio.artifact(studio.done(task).result["storyboard"])
    assert board.made_from["engine"] == "stand-in@1"
    assert len(studio.shots(project)) == 3


def test_when_all_fail_the_last_reason_counts(studio: Any) -> None:
    studio.open(story_engine="storyreel.engines.testing:FakeStoryEngine,no-such-engine")
    _, task = studio.begin("FAIL-story!")
    failed = studio.ended(task)
    assert (failed.status, failed.error_code) == (TaskStatus.FAILED, "engine_unavailable")
    assert "no-such-engine" in failed.error

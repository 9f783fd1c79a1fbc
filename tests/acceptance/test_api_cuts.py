"""Cuts over HTTP: the list of films, their timelines and waveforms, what changed since, and exports."""

import json
import uuid
from itertools import pairwise
from typing import Any

import httpx
import pytest

OPTIONS = {"preset": "draft", "resolution": "320x180"}


@pytest.fixture(scope="module")
def project(api: Any) -> dict[str, Any]:
    """A project with one film."""
    made = api.project("One fox runs. Two foxes <b>rest</b>. Three foxes sleep.", title=f"Foxes {uuid.uuid4()}")
    api.do(f"/shots/{made['storyboard'][0]['id']}/update_prompt", transition="dissolve")
    api.done(api.do(f"/projects/{made['project_id']}/make_film", **OPTIONS)["task_id"])
    return made


@pytest.fixture(scope="module")
def path(project: dict[str, Any]) -> str:
    return f"/projects/{project['project_id']}"


@pytest.fixture(scope="module")
def cut(api: Any, path: str) -> dict[str, Any]:
    (only,) = api.read(f"{path}/cuts")["items"]
    return only


def test_a_finished_film_is_listed(api: Any, path: str, cut: dict[str, Any]) -> None:
    film = api.read(f"{path}/film")
    assert {name: cut[name] for name in ("film_url", "duration", "frames", "width", "height", "size")} == {
        name: film[name] for name in ("film_url", "duration", "frames", "width", "height", "size")
    }
    assert cut["chosen"]
    assert (cut["options"]["preset"], cut["options"]["resolution"], cut["options"]["cards"]) == (
        "draft",
        "320x180",
        True,
    )
    assert api.read(f"{path}/cuts/{cut['id']}/changes") == {"title": False, "shots": []}


def test_the_timeline_is_that_of_the_film(api: Any, project: dict[str, Any], path: str, cut: dict[str, Any]) -> None:
    seen = api.read(f"{path}/timeline", cut=cut["id"])
    assert (seen["duration"], seen["frames"], seen["cut_id"]) == (cut["duration"], cut["frames"], cut["id"])
    shots = [shot["id"] for shot in project["storyboard"]]
    clips = seen["clips"]
    assert [clip["shot_id"] for clip in clips] == [shots[0], *shots, shots[-1]]
    assert [clip["card"] is not None for clip in clips] == [True, False, False, False, True]
    for clip, following in pairwise(clips):
        assert following["start"] == pytest.approx(clip["start"] + clip["length"] - clip["overlap"])
    assert clips[1]["overlap"] == clips[0]["overlap"] == 0.5
    assert clips[2]["overlap"] == 0
    for clip in clips[1:-1]:
        words = [clip["narration"][word["offset"] :][: word["length"]] for word in clip["words"]]
        assert words
        assert clip["voice_start"] <= clip["words"][0]["start"]
        assert clip["words"][-1]["end"] <= clip["voice_start"] + clip["voice_length"] + 0.01
        assert httpx.get(f"{clip['image_url']}&w=160").status_code == 200
        assert not clip["guessed"]
    assert " ".join(cue["text"] for cue in seen["cues"]).startswith("One fox runs.")
    now = api.read(f"{path}/timeline")
    assert (now["cut_id"], now["duration"], len(now["clips"])) == (None, seen["duration"], 5)


def test_the_sound_can_be_drawn(api: Any, path: str, cut: dict[str, Any]) -> None:
    seen = api.read(f"{path}/timeline", cut=cut["id"])
    heard = api.read(f"{path}/timeline/peaks", cut=cut["id"])
    assert len(heard["voice"]) == len(heard["music"]) == -(-seen["frames"] * heard["per_second"] // seen["fps"])
    speaking = {
        round(second * heard["per_second"])
        for clip in seen["clips"]
        if clip["voice_length"]
        for second in (clip["voice_start"] + clip["voice_length"] / 2,)
    }
    assert all(heard["voice"][place] > 10 for place in speaking)
    first = seen["clips"][1]
    assert not any(heard["voice"][: int(first["voice_start"] * heard["per_second"])])
    assert max(heard["music"]) > 5
    assert max(*heard["voice"], *heard["music"]) <= heard["full"]
    now = api.read(f"{path}/timeline/peaks")
    assert (now["voice"], now["music"]) == (heard["voice"], None)


def test_a_cut_is_exported(api: Any, path: str, cut: dict[str, Any]) -> None:
    def exported(kind: str) -> httpx.Response:
        answer = api.get(f"{path}/cuts/{cut['id']}/export/{kind}")
        assert answer.status_code == 200
        assert f".{kind}" in answer.headers["content-disposition"]
        return answer

    srt, vtt, txt = exported("srt").text, exported("vtt").text, exported("txt").text
    assert srt.startswith("1\n00:00:0")
    assert "One fox runs." in srt
    assert vtt.startswith("WEBVTT\n")
    assert "&lt;b&gt;rest" in vtt
    assert txt.split("\n\n")[0] == cut["title"]

    otio = json.loads(exported("otio").text)
    pictures, voice, mix = otio["tracks"]["children"]
    assert (otio["OTIO_SCHEMA"], pictures["OTIO_SCHEMA"], mix["enabled"]) == ("Timeline.1", "Track.1", False)
    clips = [child for child in pictures["children"] if child["OTIO_SCHEMA"] == "Clip.2"]
    assert sum(clip["source_range"]["duration"]["value"] for clip in clips) == cut["frames"]
    assert [child["transition_type"] for child in pictures["children"] if child not in clips] == [
        "SMPTE_Dissolve",
        "SMPTE_Dissolve",
        "SMPTE_Dissolve",
        "Custom_Transition",
    ]
    for track in (pictures, voice, mix):
        for child in track["children"]:
            if child["OTIO_SCHEMA"] == "Clip.2":
                media = child["media_references"]["DEFAULT_MEDIA"]
                assert httpx.get(media["target_url"]).status_code == 200
    api.refused(422, "invalid_request", "GET", f"{path}/cuts/{cut['id']}/export/doc")


def test_a_cut_that_is_none(api: Any, path: str) -> None:
    for of in ("cuts/nobody/changes", "cuts/nobody/export/srt", "timeline?cut=nobody", "timeline/peaks?cut=nobody"):
        api.refused(404, "cut_not_found", "GET", f"{path}/{of}")


def test_a_storyboard_has_a_timeline_before_anything_is_made(api: Any) -> None:
    made = api.project("One fox runs through the long, long night. Two foxes rest.", title="Plan")
    path = f"/projects/{made['project_id']}"
    first, second = api.read(f"{path}/timeline")["clips"][1:3]
    assert (first["guessed"], first["image_url"], first["words"]) == (True, None, [])
    assert first["length"] > second["length"] > 1
    assert set(api.read(f"{path}/timeline/peaks")["voice"]) == {0}
    assert api.read(f"{path}/cuts") == {"items": []}
    for shot in made["storyboard"]:
        api.ok("DELETE", f"/shots/{shot['id']}")
    api.refused(409, "no_shots", "GET", f"{path}/timeline")


def test_what_changed_since_a_cut(api: Any, project: dict[str, Any], path: str, cut: dict[str, Any]) -> None:
    one, two, three = (shot["id"] for shot in project["storyboard"])

    def changed() -> dict[str, list[str]]:
        found = api.read(f"{path}/cuts/{cut['id']}/changes")["shots"]
        return {item["shot_id"]: item["changes"] for item in found}

    before = api.read(f"/shots/{one}")["revision"]
    api.do(f"/shots/{one}/update_prompt", narration="One fox runs far.")
    assert changed() == {one: ["narration"]}
    api.do(f"/shots/{one}/revert", revision=before)
    assert changed() == {}
    api.ok("PATCH", f"/shots/{two}", {"scene": {"camera": "rise"}, "transition": "wipe"})
    api.ok("PATCH", f"/shots/{three}", {"take": 5})
    new = api.do(f"{path}/shots", prompt="A moon", order=1)["id"]
    assert changed() == {new: ["added"], two: ["clip", "transition"], three: ["image"]}
    api.ok("DELETE", f"/shots/{new}")
    api.ok("DELETE", f"/shots/{three}")
    api.do(f"{path}/reorder", shot_ids=[two, one])
    assert changed() == {two: ["moved", "clip", "transition"], one: ["moved", "transition"], three: ["removed"]}
    api.done(api.do(f"{path}/make_film", **OPTIONS, cards=False)["task_id"])
    newest, oldest = api.read(f"{path}/cuts")["items"]
    assert (newest["chosen"], oldest["id"], oldest["chosen"]) == (True, cut["id"], False)
    assert api.read(f"{path}/cuts/{newest['id']}/changes")["shots"] == []
    assert len(api.read(f"{path}/timeline", cut=newest["id"])["clips"]) == 2
    assert len(api.read(f"{path}/timeline", cut=cut["id"])["clips"]) == 5

"""Films watched while they are made: what the playlists say at each moment, what they lead to, and for whom."""

import io
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

import av
import httpx
import numpy as np
import pytest

pytestmark = pytest.mark.slow

STORY = "One one one one. Two two two two. Three three three. Four four four."
PATIENCE = 90
MASTER, PICTURES, SOUND = "live.m3u8", "live/pictures.m3u8", "live/sound.m3u8"


class Film:
    """A film on its way, and what a player is told of it."""

    def __init__(self, api: Any, story: str = STORY) -> None:
        self.api = api
        self.project = api.project(story, resolution="256x144")["project_id"]
        self.path = f"/projects/{self.project}/film"
        self.task = ""

    def make(self) -> None:
        path = f"/projects/{self.project}/make_film"
        self.task = self.api.do(path, subtitles="none", music=False, cards=False)["task_id"]

    def status(self) -> str:
        return self.api.read(f"/tasks/{self.task}/status")["status"]

    def done(self) -> None:
        self.api.done(self.task)

    def link(self) -> str:
        return self.api.read(f"/projects/{self.project}")["live_url"]

    def playlist(self, name: str = PICTURES) -> str:
        answer = self.api.get(f"{self.path}/{name}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < end, "never happened"
            time.sleep(0.05)

    def playable(self) -> bool:
        return self.api.get(f"{self.path}/{MASTER}").status_code == 200

    def addresses(self, name: str) -> list[str]:
        """What a track's playlist leads to, the head first."""
        text = self.playlist(name)
        found = [*re.findall(r'URI="(.+?)"', text), *re.findall(r"^[^#\n].*$", text, re.M)]
        return [urljoin(f"{self.path}/{name}", address) for address in found]

    def track(self, name: str) -> bytes:
        """A track as it is now, as a player would put it together."""
        parts = [self.api.get(address) for address in self.addresses(name)]
        assert {part.status_code for part in parts} == {200}
        return b"".join(part.content for part in parts)


def lasting(playlist: str) -> float:
    return sum(map(float, re.findall(r"#EXTINF:([\d.]+),", playlist)))


def decoded(content: bytes, kind: str) -> list[tuple[float, np.ndarray]]:
    with av.open(io.BytesIO(content)) as container:
        return [(frame.time, frame.to_ndarray()) for frame in container.decode(**{kind: 0})]


@pytest.fixture
def growing(counting_server: Any, sign_in: Any) -> Iterator[Film]:
    """A film whose clips come when the test lets them."""
    with sign_in(counting_server) as api:
        yield Film(api)
    assert counting_server.faults() == []


@pytest.fixture(scope="module")
def finished(api: Any) -> Film:
    film = Film(api, "One fox. Two foxes.")
    film.make()
    film.done()
    return film


def test_a_film_grows_until_it_is_whole(growing: Film, let_be_made: Any, check_problem: Any) -> None:
    for name in (MASTER, PICTURES, SOUND):
        answer = growing.api.get(f"{growing.path}/{name}")
        check_problem(answer, 404, "film_not_found")
        assert "retry-after" not in answer.headers
    growing.make()
    for name in (MASTER, PICTURES, SOUND):
        answer = growing.api.get(f"{growing.path}/{name}")
        check_problem(answer, 404, "film_not_playable_yet")
        assert int(answer.headers["retry-after"]) > 0

    seen: list[tuple[str, str]] = []
    for shot in (1, 2, 3):
        let_be_made(shot)
        growing.until(growing.playable)
        growing.until(lambda: not seen or growing.playlist() != seen[-1][0])
        seen.append((growing.playlist(), growing.playlist(SOUND)))
        assert growing.status() == "RUNNING"
        assert not any("ENDLIST" in text for text in seen[-1])
        assert "#EXT-X-PLAYLIST-TYPE:EVENT" in seen[-1][0]
    assert re.fullmatch(r"#EXTM3U\n(#.*\n)+live/pictures\.m3u8\n", growing.playlist(MASTER))

    let_be_made(4)
    growing.done()
    seen.append((growing.playlist(), growing.playlist(SOUND)))
    assert all(text.endswith("#EXT-X-ENDLIST\n") for text in seen[-1])
    for sooner, later in pairwise(seen):
        assert all(b.startswith(a) for a, b in zip(sooner, later, strict=True)), "what was there stays"
    lengths = [[lasting(text) for text in pair] for pair in seen]
    assert lengths == sorted(lengths)
    assert all(0 <= sound - pictures < 0.03 for pictures, sound in lengths[:-1]), "sound goes as far as pictures do"
    whole = growing.api.read(growing.path)["duration"]
    assert lengths[-1] == pytest.approx([whole, whole], abs=0.001)


def test_what_is_played_is_the_film(finished: Film) -> None:
    film = httpx.get(finished.api.read(finished.path)["film_url"]).content
    for name, kind in ((PICTURES, "video"), (SOUND, "audio")):
        played, expected = decoded(finished.track(name), kind), decoded(film, kind)
        assert len(played) == len(expected) > 0
        for (at, frame), (due, wanted) in zip(played, expected, strict=True):
            assert at == pytest.approx(due, abs=1e-4)
            same = frame[..., : wanted.shape[-1]] if kind == "audio" else frame
            assert np.array_equal(same, wanted) or (kind == "audio" and at == 0), "a decoder's first sound rises from 0"


def test_playlists_are_asked_for_anew_and_what_they_lead_to_is_kept(finished: Film) -> None:
    for name in (MASTER, PICTURES, SOUND):
        answer = finished.api.get(f"{finished.path}/{name}")
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert answer.headers["cache-control"] == "no-store"
    for name, media_type in ((PICTURES, "video/mp4"), (SOUND, "audio/mp4")):
        addresses = finished.addresses(name)
        assert len(set(addresses)) == len(addresses) > 1
        for address in addresses:
            answer = finished.api.get(address)
            assert answer.headers["content-type"] == media_type
            assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_a_film_is_its_owner_s(finished: Film, other: Any, anonymous: Any) -> None:
    for name in (MASTER, PICTURES, SOUND):
        other.refused(404, "project_not_found", "GET", f"{finished.path}/{name}")
        anonymous.refused(401, "unauthorized", "GET", f"{finished.path}/{name}")
    for address in (*finished.addresses(PICTURES), *finished.addresses(SOUND)):
        other.refused(404, "project_not_found", "GET", address)
        anonymous.refused(401, "unauthorized", "GET", address)


def test_a_link_opens_the_film_without_anything_else(finished: Film, anonymous: Any, check_problem: Any) -> None:
    link = finished.link()
    expires, signature = re.fullmatch(r".+\?expires=(\d+)&signature=([\w-]+)", link).groups()
    master = httpx.get(link).text
    for name in (PICTURES, SOUND):
        (address,) = re.findall(rf"{name}\?[^\"\n]+", master)
        playlist = httpx.get(urljoin(link, address))
        assert lasting(playlist.text) == lasting(finished.playlist(name))
        parts = [*re.findall(r'URI="(.+?)"', playlist.text), *re.findall(r"^[^#\n].*$", playlist.text, re.M)]
        content = b"".join(httpx.get(urljoin(str(playlist.url), part)).content for part in parts)
        assert content == finished.track(name)

    elsewhere = Film(finished.api, "Another.").link()
    doors = [f"{finished.path}/{MASTER}", f"{finished.path}/{PICTURES}", *finished.addresses(SOUND)]
    for door in doors:
        for query in (
            f"expires={int(expires) + 1800}&signature={signature}",
            f"expires={expires}&signature={signature[:-2]}AA",
            f"expires=&signature={signature}",
            elsewhere.partition("?")[2],
        ):
            anonymous.refused(403, "link_invalid", "GET", f"{door}?{query}")
        anonymous.refused(401, "unauthorized", "GET", f"{door}?expires={expires}")


def test_a_link_is_all_that_a_player_needs(finished: Film) -> None:
    film = finished.api.read(finished.path)
    with av.open(finished.link()) as stream:
        shown = [frame.time for frame in stream.decode(video=0)]
    assert shown == pytest.approx([k / 24 for k in range(film["frames"])], abs=1e-3)
    with av.open(finished.link()) as stream:
        heard = sum(frame.samples for frame in stream.decode(audio=0)) / 48_000
    assert heard == pytest.approx(film["duration"], abs=0.03)


def test_there_is_nothing_else_behind_the_addresses(finished: Film) -> None:
    api, live = finished.api, f"{finished.path}/live"
    head, first, *_ = finished.addresses(PICTURES)
    artifact, name = first.rsplit("/", 2)[1:]
    sound = finished.addresses(SOUND)[1].rsplit("/", 2)[1]
    image = api.shots(finished.project)[0]["image_url"].split("/media/")[1].partition("?")[0]
    another = Film(api, "Another fox.")
    another.make()
    another.done()
    theirs = another.addresses(PICTURES)[1].rsplit("/", 2)[1]
    for key in ("0" * 64, image, theirs):
        api.refused(404, "media_not_found", "GET", f"{live}/{key}/head.mp4")
        api.refused(404, "media_not_found", "GET", f"{live}/{key}/{name}")
    number, start, begin, end = map(int, name.removesuffix(".m4s").split("_"))
    for other in (
        (number + 1, start, begin, end),
        (number, start + 1, begin, end),
        (number, start, begin + 1, end),
        (number, start, begin, end + 1),
        (number, start, begin, 10**15),
    ):
        api.refused(404, "media_not_found", "GET", f"{live}/{artifact}/{'_'.join(map(str, other))}.m4s")
    api.refused(404, "media_not_found", "GET", f"{live}/{sound}/{name}")
    for wrong in (f"{artifact[:-1]}/{name}", f"{artifact.upper()}x/head.mp4", f"{artifact}/a.m4s"):
        api.refused(422, "invalid_request", "GET", f"{live}/{wrong}")
    api.refused(404, "not_found", "GET", f"{live}/{artifact}/tail.mp4")
    api.refused(422, "invalid_request", "GET", f"{live}/words.m3u8")
    assert api.get(head).status_code == 200


def test_after_an_edit_the_old_film_can_still_be_played_to_its_end(api: Any) -> None:
    film = Film(api, "One fox. Two foxes.")
    film.make()
    film.done()
    before = {name: (film.playlist(name), film.addresses(name)) for name in (PICTURES, SOUND)}
    content = [api.get(address).content for _, addresses in before.values() for address in addresses]
    second = api.shots(film.project)[1]["id"]
    api.do(f"/shots/{second}/update_prompt", narration="Two very quick foxes.")
    film.make()
    film.done()
    assert lasting(film.playlist()) > lasting(before[PICTURES][0])
    head, first, changed, *_ = film.addresses(PICTURES)
    assert [head, first] == before[PICTURES][1][:2], "what stays need not be fetched again"
    assert changed not in before[PICTURES][1]
    assert [api.get(address).content for _, addresses in before.values() for address in addresses] == content


def test_what_ended_early_can_be_played_as_far_as_it_got(growing: Film, let_be_made: Any) -> None:
    growing.make()
    let_be_made(1, 2)
    growing.until(growing.playable)
    growing.api.do(f"/tasks/{growing.task}/cancel")
    assert growing.playlist().endswith("#EXT-X-ENDLIST\n")
    assert len(decoded(growing.track(PICTURES), "video")) == round(24 * lasting(growing.playlist())) > 0

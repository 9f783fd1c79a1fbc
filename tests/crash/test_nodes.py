"""A server that hands its pictures to a node and is killed whenever that could be forgotten: the node counts."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fake_node import FakeNode, png

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

POINTS = [
    "job.handing_over image",
    "job.remembered image",
    "node.reported SD",
    "task.held SD",
    "artifact.produced image",
    "task.made SD",
]


class Tireless(FakeNode):
    """Reports every job until somebody listens, in half of the cases before it has answered."""

    def __init__(self) -> None:
        super().__init__()
        self.put("/1.png", png())
        self.take = self.reporting

    def reporting(self, body: dict[str, Any]) -> Any:
        reporting = threading.Thread(target=self._report_until_heard, args=(body,), daemon=True)
        reporting.start()
        if len(self.submitted) % 2:
            reporting.join(timeout=1)
        return self.taken(body)

    def _report_until_heard(self, body: dict[str, Any]) -> None:
        while True:
            try:
                self.report(body, status="SUCCESS", result_url=f"{self.url}/1.png").raise_for_status()
            except httpx.HTTPError:
                threading.Event().wait(0.1)
            else:
                return


@pytest.fixture
def node() -> Iterator[Tireless]:
    fake = Tireless()
    yield fake
    fake.close()


def test_a_node_is_never_asked_twice(
    house: Any, node: Tireless, warm: Callable[..., Any], user: Callable[..., Any]
) -> None:
    house.settings |= {
        "STORYREEL_IMAGE_ENGINE": "remote_node",
        "STORYREEL_NODES": json.dumps(node.settings()),
        "STORYREEL_PORT": str(house.port),
        "STORYREEL_CONCURRENCY": "1",  # else one could be killed by another's point before its own node has answered
    }
    servers = warm(POINTS)
    mia = user(servers.revive)
    mia.sign_in()
    story = {"title": "Four", "story_text": "A. B. C. D.", "style": "Anime", "resolution": "256x144"}
    created = mia.start("/projects/create", "the-project", story, Prefer="respond-async")
    assert mia.ended(created["task_id"])["status"] == "SUCCESS"
    shots = mia.ok("GET", f"/projects/{created['project_id']}/storyboard")["shots"]
    begun = [mia.start(f"/shots/{shot['id']}/generate_image", shot["id"], {}) for shot in shots]
    for task in begun:
        ended = mia.ended(task["task_id"])
        assert ended["status"] == "SUCCESS", ended["error"]
    assert servers.died_at == sorted(POINTS, key=servers.died_at.index)
    assert set(servers.died_at) == set(POINTS)
    assert Counter(node.tickets) == Counter(task["task_id"] for task in begun)
    house.check()

"""Schemathesis on the whole API: every operation, all default checks, as the API's own document describes it."""

import uuid
from typing import Any

import pytest
import schemathesis
from fake_openai import png
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode

from storyreel.api.app import create_app
from storyreel.api.context import ApiContext

# Drawn at random, besides the thousand in all that schemathesis makes of the examples and the limits in the schema.
CASES_EACH = 5


@pytest.fixture(scope="module")
def examined(start_server: Any, sign_in: Any) -> Any:
    """A server of its own (cases delete projects, and guess passwords), and things to ask it for."""
    quick = {"STORYREEL_SVD_TIMEOUT": "0.01"}  # clips fail at once: encoding them would only take time here
    with start_server(owner=("mia", "correct horse battery"), **quick) as server, sign_in(server) as api:
        yield server, api, Things(api)


class Things:
    """A real project, shot and task to name in a path; made anew once a case may have deleted them."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._ids: dict[str, str] = {}

    def named_for(self, method: str) -> dict[str, str]:
        if not self._ids:
            made = self._api.project("One fox. Two foxes.")
            shot = made["storyboard"][0]["id"]
            self._ids = {"project_id": made["project_id"], "shot_id": shot, "task_id": made["task_id"]}
        ids = self._ids
        if method == "DELETE":
            self._ids = {}
        return ids


def document() -> dict[str, Any]:
    """The document alone: a server is not there yet when tests are collected. Without `follow`, which the test sets."""
    nothing: Any = None
    told = create_app(
        ApiContext(
            pipeline=nothing,
            signer=nothing,
            public_url=None,
            allowed_hosts=(),
            node_secrets={},
            token_days=1,
            max_body_bytes=1,
            first_login_creates_owner=False,
            metrics_token="",
            workers=list,
            free_bytes=int,
        )
    ).openapi()
    for operations in told["paths"].values():
        for operation in operations.values():
            listed = operation.get("parameters", [])
            operation["parameters"] = [one for one in listed if one["name"] != "follow"]
    return told


schema = schemathesis.openapi.from_dict(document())


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=CASES_EACH, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_holds_to_its_own_document(case: Any, examined: Any) -> None:
    server, api, things = examined
    positive = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
    if positive:
        make_possible(case, things)
    if case.operation.label.endswith("/events"):
        case.query = {**(case.query or {}), "follow": "false"}  # or it would never end
    token = "" if case.operation.label == "POST /api/auth/logout" else api.headers["authorization"]
    case.call_and_validate(base_url=server.url, headers={"Authorization": token} if token else {}, timeout=90)


def make_possible(case: Any, things: Things) -> None:
    """What no schema can say: which things there are, which revision they have, that a key is used once."""
    ids = things.named_for(case.method.upper())
    case.path_parameters |= {name: value for name, value in ids.items() if name in case.path_parameters}
    for name, value in {"If-Match": "*", "Idempotency-Key": str(uuid.uuid4())}.items():
        if name in (case.headers or {}):
            case.headers[name] = value
    if case.operation.label == "POST /api/media":
        case.body = png(8, 8, 1)
    if isinstance(case.body, dict):
        case.body.pop("engines", None)
        case.body.pop("reference_url", None)
        if case.body.get("callback_url"):
            case.body["callback_url"] = "http://127.0.0.1:8080/"  # taken, and refused when it is called
        if case.body.get("image_url"):
            case.body["image_url"] = "http://127.0.0.1:9/fox.png"

"""Errors as problem documents: one table, one shape, nothing echoed."""

import json
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field

from storyreel import errors
from storyreel.api import problems

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.StoryreelError)]


class Body(BaseModel):
    number: Annotated[int, Field(ge=1)]


@pytest.fixture
async def client() -> Any:
    app = FastAPI()
    problems.install(app)

    @app.get("/raise/{name}")
    def raise_(name: str) -> None:
        raise getattr(errors, name)("It failed.", hint="Mend it.")

    @app.get("/bug")
    def bug() -> None:
        raise ZeroDivisionError("secret-canary")

    @app.get("/thing")
    def read_thing() -> None: ...

    @app.delete("/thing")
    def delete_thing() -> None: ...

    @app.post("/body")
    def body(body: Body) -> None: ...

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_every_error_is_in_the_table(client: httpx.AsyncClient, kind: type[errors.StoryreelError]) -> None:
    assert kind in problems.STATUS, "say which status it is"
    answer = await client.get(f"/raise/{kind.__name__}")
    assert answer.status_code == problems.STATUS[kind]
    assert answer.headers["content-type"] == problems.MEDIA_TYPE
    assert answer.json() == {
        "type": f"urn:storyreel:problem:{kind.code}",
        "title": problems.MEANING[problems.STATUS[kind]],
        "status": problems.STATUS[kind],
        "detail": "It failed.",
        "code": kind.code,
        "hint": "Mend it.",
    }


def test_the_table_has_no_other_errors() -> None:
    assert set(problems.STATUS) == set(KINDS)


def test_a_new_kind_of_error_has_the_status_of_what_it_is_a_kind_of() -> None:
    class Lost(errors.NotFoundError):
        pass

    assert problems.status_of(Lost("gone")) == 404


async def test_a_bug_is_a_problem_without_its_secrets(client: httpx.AsyncClient, caplog: Any) -> None:
    answer = await client.get("/bug")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "canary" not in answer.text
    assert "secret-canary" in caplog.text, "the log has the details"


async def test_what_is_wrong_is_said_where_and_never_sent_back(client: httpx.AsyncClient) -> None:
    answer = await client.post("/body", json={"number": -123456789})
    document = answer.json()
    assert (answer.status_code, document["code"]) == (422, "invalid_request")
    assert [error["location"] for error in document["errors"]] == ["body.number"]
    assert "123456789" not in answer.text
    odd = await client.post(
        "/body", content=b'{"\\ud800' + b"x" * 5000 + b'": 1}', headers={"content-type": "application/json"}
    )
    assert odd.status_code == 422
    assert len(odd.content) < 2000


async def test_a_path_names_all_the_methods_it_takes(client: httpx.AsyncClient) -> None:
    answer = await client.post("/thing")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "DELETE, GET"


async def test_unauthorised_and_impatient_callers_are_told_what_to_do(client: httpx.AsyncClient) -> None:
    assert (await client.get("/raise/UnauthorizedError")).headers["www-authenticate"] == "Bearer"
    assert int((await client.get("/raise/TooManyRequestsError")).headers["retry-after"]) > 0


def test_documented_statuses_have_a_meaning() -> None:
    for number, answer in problems.documented(*problems.MEANING).items():
        assert answer["description"] == problems.MEANING[int(number)]
        assert json.dumps(answer["content"]).count("Problem") == 1

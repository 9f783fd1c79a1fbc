"""The application as it is put together: readiness, secrets, links."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import Request

from storyreel.api.app import create_app
from storyreel.api.context import ApiContext
from storyreel.api.links import Links
from storyreel.errors import InvalidInputError
from storyreel.store.database.connection import Database
from storyreel.store.objects.signing import UrlSigner

KEY = "a" * 64


def context(database: Database | None = None, **changes: Any) -> ApiContext:
    """A context whose pipeline has nothing but a database."""
    pipeline: Any = SimpleNamespace(database=database)
    given: dict[str, Any] = {
        "pipeline": pipeline,
        "signer": UrlSigner(b"x" * 32),
        "public_url": None,
        "allowed_hosts": ("localhost",),
        "node_secrets": {},
        "token_days": 1,
        "max_body_bytes": 1000,
        "first_login_creates_owner": False,
        "metrics_token": "",
        "workers": list,
        "free_bytes": int,
    }
    return ApiContext(**given | changes)


async def get(app: Any, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        return await client.get(path)


async def test_ready_as_long_as_the_database_answers(tmp_path: Path) -> None:
    there, gone = (Database(f"sqlite:///{tmp_path / folder}/rows.db") for folder in (".", "no-such-folder"))
    assert (await get(create_app(context(there)), "/readyz")).json() == {"status": "ok"}
    answer = await get(create_app(context(gone)), "/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert (await get(create_app(context(gone)), "/healthz")).status_code == 200
    there.close()


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_a", "whsec_é"])
def test_a_secret_that_nothing_can_be_signed_with_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(InvalidInputError, match="node-1") as refused:
        create_app(context(node_secrets={"node-1": secret}))
    assert refused.value.code == "invalid_node_secret"
    assert not secret or secret not in refused.value.message


def links(public_url: str | None = None) -> Links:
    scope = {"type": "http", "scheme": "http", "server": ("localhost", 8000), "path": "/", "headers": []}
    return Links(Request(scope), context(public_url=public_url))


def test_links_are_absolute(tmp_path: Path) -> None:
    assert links().to(None) is None
    assert str(links().to(KEY)).startswith(f"http://localhost:8000/api/media/{KEY}?expires=")
    assert str(links("https://film.example/").to(KEY)).startswith(f"https://film.example/api/media/{KEY}?")


@pytest.mark.parametrize("url", ["", "x", "/x", "//x", "ftp://x/y", "http://", "http://[", f"/api/media/{KEY}x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        links().own_artifact(url, "somebody")
    assert refused.value.code == "invalid_image_url"


@pytest.mark.parametrize(
    "url", ["https://x.example/y.png", f"https://x.example/api/media/{KEY}", "http://localhost:8000/"]
)
def test_other_addresses_are_not_ours(url: str) -> None:
    assert links().own_artifact(url, "somebody") is None

"""The application: routers, errors, limits, and its documentation page, served without any CDN."""

from importlib.resources import files
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from storyreel import __version__
from storyreel.api import (
    admin,
    arranging,
    auth,
    characters,
    cuts,
    deliveries,
    engines,
    events,
    films,
    health,
    listing,
    live,
    media,
    metrics,
    nodes,
    problems,
    projects,
    shots,
    tasks,
    timeline,
    webhook,
)
from storyreel.api.context import ApiContext
from storyreel.api.dependencies import current_user
from storyreel.api.limits import RequestLimits
from storyreel.telemetry.requests import observed

DESCRIPTION = """Give it a story, get a film.

Sign in, create a project, make the film, follow it, watch it. Every error is an `application/problem+json` document with a
stable `code`; any request may also be refused because of its `Host` (400) or, when it changes something, its `Origin` (403).
What changes something is refused while a disk is full (507), and anything while the database is away (503)."""  # noqa: E501 - Markdown: a line break would show
DOCS_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:"
)


class _Observed(FastAPI):
    """Observes every request from the outside, so that also what nobody foresaw is answered with its id."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await observed(super().__call__, scope, receive, send)


def create_app(context: ApiContext) -> FastAPI:
    """The API over a running pipeline."""
    app = _Observed(
        title="Storyreel",
        version=__version__,
        description=DESCRIPTION,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.context = context
    for node, secret in context.node_secrets.items():
        webhook.check_secret(node, secret)
    problems.install(app)
    app.add_middleware(RequestLimits, hosts=context.allowed_hosts, max_body_bytes=context.max_body_bytes)
    _include(app)
    app.include_router(health.public)
    app.include_router(metrics.public)
    app.mount("/docs/assets", StaticFiles(directory=str(files("fastapi_offline") / "static")), name="docs-assets")
    app.add_api_route("/docs", _docs_page, include_in_schema=False)
    app.openapi = lambda: _openapi(app)
    return app


def _include(app: FastAPI) -> None:
    """Everything under /api: open routes are named one by one, all others need a token."""
    for noun in (  # tried one after the other: those first that are asked for by the second
        tasks,
        listing,
        projects,
        deliveries,
        characters,
        shots,
        arranging,
        films,
        cuts,
        timeline,
        events,
        engines,
        media,
        auth,
        admin,
    ):
        app.include_router(noun.router, prefix="/api", dependencies=[Depends(current_user)])
    for those in (auth.public, live.public, media.public, nodes.public, webhook.public):
        app.include_router(those, prefix="/api")


async def _docs_page() -> HTMLResponse:
    page = get_swagger_ui_html(
        openapi_url="/api/openapi.json",
        title="Storyreel API",
        swagger_js_url="/docs/assets/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui.css",
        swagger_favicon_url="/docs/assets/favicon.png",
    )
    page.headers["Content-Security-Policy"] = DOCS_POLICY
    return page


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The schema with our problem documents in it, built once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
            servers=[{"url": "/", "description": "The server that this document came from."}],
        )
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        template = "#/components/schemas/{model}"
        for model in (problems.Problem, problems.FieldProblem):
            definition = model.model_json_schema(ref_template=template)
            definition.pop("$defs", None)
            components[model.__name__] = definition
        for theirs in ("HTTPValidationError", "ValidationError"):
            components.pop(theirs, None)
        for operation in (operation for path in schema["paths"].values() for operation in path.values()):
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                operation["responses"]["422"] = problems.documented(422)[422]
            operation.setdefault("security", [])  # of those that need no token
        app.openapi_schema = schema
    return app.openapi_schema

"""The figures of this process and of the queues, for Prometheus, behind a token of their own."""

from fastapi import APIRouter, Response

from storyreel.api.dependencies import Context, Credentials
from storyreel.errors import NotFoundError, UnauthorizedError
from storyreel.pipeline.queues import queues
from storyreel.telemetry.metrics import MEDIA_TYPE, exposition, may_read

public = APIRouter()


@public.get("/metrics", include_in_schema=False)
def metrics(context: Context, credentials: Credentials) -> Response:
    """Prometheus' text format.

    Raises:
        NotFoundError: no token is set, so nobody may read them.
        UnauthorizedError: another token is set.
    """
    if not context.metrics_token:
        raise NotFoundError("There is no such thing.", code="not_found")
    if not may_read(context.metrics_token, credentials.credentials if credentials else ""):
        raise UnauthorizedError("The token of /metrics is missing or wrong.")
    with context.pipeline.database.read() as connection:
        return Response(exposition(queues(connection)), media_type=MEDIA_TYPE)

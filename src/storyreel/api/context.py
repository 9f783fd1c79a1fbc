"""What the routes work with; built by assembly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from storyreel.pipeline.context import Pipeline
from storyreel.pipeline.queues import Worker
from storyreel.store.objects.signing import UrlSigner


@dataclass(frozen=True, slots=True)
class ApiContext:
    """`public_url` is the origin that users see; None takes it from each request.

    `allowed_hosts` are the Host headers that are answered; `node_secrets` are `whsec_…` strings per remote node.
    `first_login_creates_owner`: an empty installation on a loopback address takes its first sign-in as its owner's.
    `metrics_token` opens `/metrics`; nobody may read it when it is empty. `workers` tells who is at work,
    `free_bytes` what the disk of the data folder can still take.
    """

    pipeline: Pipeline
    signer: UrlSigner
    public_url: str | None
    allowed_hosts: tuple[str, ...]
    node_secrets: Mapping[str, str]
    token_days: int
    max_body_bytes: int
    first_login_creates_owner: bool
    metrics_token: str
    workers: Callable[[], list[Worker]]
    free_bytes: Callable[[], int]

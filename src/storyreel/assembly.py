"""Builds everything from Settings; the only place that chooses."""

import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from storyreel.domain.task import TaskType
from storyreel.engines.contracts.node import KINDS as NODE_KINDS
from storyreel.engines.contracts.node import RemoteNode
from storyreel.engines.registry import KINDS, EngineRegistry
from storyreel.pipeline import clearing, clip, deliveries, film, image, narration, nodes, storyboard, tasks
from storyreel.pipeline.artifacts import Artifacts
from storyreel.pipeline.context import Pipeline, Quotas
from storyreel.pipeline.durable import Durable
from storyreel.pipeline.fetch import Fetcher
from storyreel.pipeline.leases import ExecutorLease
from storyreel.pipeline.pulled import PulledNode
from storyreel.pipeline.queues import Worker
from storyreel.pipeline.recovery import ExecutorLock, Watch
from storyreel.settings import NodeSettings, Settings
from storyreel.store.database import claims
from storyreel.store.database.connection import Database
from storyreel.store.objects.bucket import BucketStore
from storyreel.store.objects.contract import ObjectStore
from storyreel.store.objects.folder import FolderStore
from storyreel.store.objects.keys import keep_own_key, keep_shared_key, own_key, shared_key
from storyreel.store.objects.signing import UrlSigner
from storyreel.telemetry.metrics import RECOVERIES

if TYPE_CHECKING:
    from fastapi import FastAPI

    from storyreel.node.service import NodeService

log = logging.getLogger(__name__)

RECIPES: dict[TaskType, tasks.Recipe] = {
    TaskType.LLM: storyboard.make_storyboard,
    TaskType.SD: image.make_image,
    TaskType.TTS: narration.make_narration,
    TaskType.SVD: clip.make_clip,
    TaskType.FILM: film.make_film,
}
ENGINE_KINDS = {TaskType.LLM: "story", TaskType.SD: "image", TaskType.TTS: "speech", TaskType.SVD: "video"}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
FILMS_AT_ONCE = 8
"""FILM tasks mostly wait for the shots' tasks, so their number costs little."""


class Storyreel:
    """One process's worth of Storyreel: opened on a data folder, closed when done.

    Args:
        settings: as read by the caller.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        folder = settings.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        self.database = open_database(settings)
        shared = settings.database_url if settings.on_postgresql else None  # else the durable engine has its own file
        lock = ExecutorLock(folder / "executors")
        self._lock = ExecutorLease(shared, lock, self._suspects) if shared else lock
        self._scratch = folder / "scratch" / self._lock.executor_id
        self._scratch.mkdir(parents=True)
        self._objects = open_objects(settings)
        self.signer = UrlSigner(signing_key(settings, self._objects))
        self._nodes = remote_nodes(settings, self.database, self._objects)
        self.pipeline = Pipeline(
            database=self.database,
            artifacts=Artifacts(self.database, self._objects, self._scratch, self._lock),
            engines=engine_registry(settings, self._nodes),
            durable=Durable(shared or f"sqlite:///{folder / 'durable.db'}", self._lock.executor_id),
            fetcher=Fetcher(allowed_hosts=frozenset(settings.fetch_allowed_hosts)),
            time_limits={
                TaskType.LLM: settings.llm_timeout,
                TaskType.SD: settings.sd_timeout,
                TaskType.TTS: settings.tts_timeout,
                TaskType.SVD: settings.svd_timeout,
                TaskType.FILM: settings.film_timeout,
            },
            nodes=self._nodes,
            node_timeout=settings.node_timeout,
            quotas=Quotas(settings.max_waiting, settings.max_projects),
        )
        self._watches = [
            Watch(self._recover),
            Watch(lambda: nodes.look_after(self.pipeline)),
            Watch(lambda: deliveries.deliver(self.pipeline, self.signer)),
            Watch(lambda: clearing.clear_away(self.pipeline), clearing.ROUND_SECONDS),
        ]

    def start(self, listen: Sequence[str] | None = None) -> None:
        """Take work from these queues (all, if None), and what dead processes left behind."""
        runner = tasks.TaskRunner(self.pipeline, RECIPES)
        queues = {str(type_): self._at_once(type_) for type_ in TaskType}
        self.pipeline.durable.launch(
            runner.make,
            runner.finish,
            queues=queues,
            listen=listen,
        )
        for watch in self._watches:
            watch.start()

    def _at_once(self, type_: TaskType) -> int:
        """How many tasks of a type are at work at once: enough for the batches of its engine."""
        if type_ is TaskType.FILM:
            return FILMS_AT_ONCE
        wanted = self.pipeline.engines.at_once(ENGINE_KINDS[type_])
        return self.settings.concurrency or wanted or os.cpu_count() or 1

    def api(self, *, first_login_creates_owner: bool) -> "FastAPI":
        """The HTTP API over this installation, and the studio.

        Args:
            first_login_creates_owner: whether an installation without users takes its first sign-in as its owner's;
                only for one that nobody else can reach.
        """
        from storyreel.api.app import create_app
        from storyreel.api.context import ApiContext
        from storyreel.webui import studio

        app = create_app(
            ApiContext(
                pipeline=self.pipeline,
                signer=self.signer,
                public_url=self.settings.public_url,
                allowed_hosts=self._hosts(),
                node_secrets={
                    name: secret
                    for name, node in self.settings.nodes.items()
                    if (secret := node.secret.get_secret_value())
                },
                token_days=self.settings.token_days,
                max_body_bytes=self.settings.max_body_bytes,
                first_login_creates_owner=first_login_creates_owner,
                metrics_token=metrics_token(self.settings),
                workers=self.workers,
                free_bytes=lambda: shutil.disk_usage(self.settings.data_dir).free,
            )
        )
        studio.install(app)
        return app

    def workers(self) -> list[Worker]:
        """The processes that take work, and those that are gone and left some behind."""
        alive, held = self._lock.everybody(), self.pipeline.durable.held()
        return [Worker(id_, alive.get(id_, False), tuple(held.get(id_, ()))) for id_ in sorted({*alive, *held})]

    def _hosts(self) -> tuple[str, ...]:
        """As a Host header writes them: without port, IPv6 addresses in brackets."""
        public = urlsplit(self.settings.public_url or "").hostname
        named = (self.settings.host, *self.settings.allowed_hosts, *([public] if public else []))
        return (*LOOPBACK, *(f"[{host}]" if ":" in host and not host.startswith("[") else host for host in named))

    def _suspects(self) -> set[str]:
        """The executors that have runs at work, a claim, or a folder for work in progress on this machine."""
        with self.database.read() as connection:
            claiming = claims.holders(connection)
        return {*self.pipeline.durable.held(), *claiming, *(folder.name for folder in self._scratch.parent.iterdir())}

    def _recover(self) -> None:
        for executor_id in self._lock.dead():
            with self.database.write() as connection:
                claims.release_all(connection, executor_id)
            if unfinished := self.pipeline.durable.recover(executor_id):
                RECOVERIES.inc(unfinished)
                log.info("taking over %d unfinished runs of process %s, which is gone", unfinished, executor_id)
            shutil.rmtree(self._scratch.parent / executor_id, ignore_errors=True)
            if not self.pipeline.durable.holds_runs(executor_id):
                self._lock.bury(executor_id)
        if strays := self.pipeline.durable.give_back():
            RECOVERIES.inc(strays)
            log.warning("queueing again %d runs that the database gave this process while it went away", strays)
        tasks.reconcile(self.pipeline)

    def close(self) -> None:
        """Stop in good order; unfinished work is taken up by the next process."""
        for watch in self._watches:
            watch.stop()
        self.pipeline.durable.close()
        self.database.close()
        self._objects.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._lock.release()


def metrics_token(settings: Settings) -> str:
    """What opens the figures; empty when nobody may read them."""
    return settings.metrics_token.get_secret_value() if settings.metrics_token else ""


def open_database(settings: Settings) -> Database:
    """The rows alone, brought up to date: for whoever needs no work done."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url or f"sqlite:///{settings.data_dir / 'storyreel.db'}")
    database.migrate()
    return database


def open_objects(settings: Settings) -> FolderStore | BucketStore:
    """Where files are kept."""
    if settings.objects_url is None:
        return FolderStore(settings.data_dir / "objects")
    endpoint = settings.objects_endpoint or os.environ.get("AWS_ENDPOINT_URL")
    return BucketStore(settings.objects_url, endpoint, settings.data_dir / "cache", settings.objects_cache)


def engine_registry(settings: Settings, nodes: Mapping[str, RemoteNode] | None = None) -> EngineRegistry:
    """The engines, with the defaults that the settings choose, each with what the settings say of it.

    Args:
        nodes: as `remote_nodes` gives them; made here when they are for nothing else.
    """
    known = list((remote_nodes(settings) if nodes is None else nodes).values())
    served = bool(settings.openai_base_url)
    return EngineRegistry(
        {
            "story": settings.story_engine or _default_engine(settings.diffusers_story_model, served),
            "image": settings.image_engine
            or _default_engine(settings.diffusers_image_model, served and settings.openai_image_model),
            "speech": settings.speech_engine
            or _default_engine(settings.diffusers_speech_models, served and settings.openai_speech_model),
            "video": settings.video_engine
            or _default_engine(settings.diffusers_video_model, served and settings.openai_video_model),
        }
        | _comfyui_defaults(settings),
        _openai_options(settings)
        | _diffusers_options(settings)
        | _comfyui_options(settings)
        | {f"{kind}.remote_node": {"nodes": known} for kind in KINDS},
    )


def remote_nodes(
    settings: Settings, database: Database | None = None, objects: ObjectStore | None = None
) -> dict[str, RemoteNode]:
    """The remote nodes by name. Each reports to our webhook, and serves its results from its own origin alone.

    Args:
        database: where the work lies for nodes that cannot be reached; without one they are left out.
        objects: where what those bring is kept.
    """
    origins = frozenset(urlsplit(node.url).netloc for node in settings.nodes.values() if node.url)
    fetcher = Fetcher(allowed_hosts=origins)
    home = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    found: dict[str, RemoteNode] = {}
    for name, node in settings.nodes.items():
        if node.url:
            found[name] = _http_node(name, node, fetcher, f"{home}/api/webhook/task_complete")
        elif database and objects:
            found[name] = PulledNode(
                name=name,
                kinds=node.kinds,
                voices=node.voices,
                database=database,
                objects=objects,
                uploads=settings.data_dir / "uploads",
                model=node.model,
                patience=node.patience,
            )
    return found


def node_service(
    settings: Settings, folder: Path, kinds: Sequence[str], secret: str, *, server: str | None, name: str
) -> "NodeService":
    """This machine as a node.

    Args:
        server: where it fetches its work, under this name; None when work is brought to it.
    """
    from storyreel.node.pulling import Puller
    from storyreel.node.service import NodeService

    aside = Puller(server, name, secret).run if server else None
    types = tuple(NODE_KINDS[kind] for kind in kinds)
    return NodeService(folder, engine_registry(settings), types, secret, aside)


def _http_node(name: str, node: NodeSettings, fetcher: Fetcher, callback_url: str) -> RemoteNode:
    from storyreel.engines.backends.remote_node.http_node import HttpNode
    from storyreel.engines.backends.remote_node.shape import Shape

    shape = Shape(path=node.path, send=node.send, **node.answer.model_dump())
    heartbeat = node.heartbeat if node.heartbeat is not None else 10.0 if shape.native else 0.0
    return HttpNode(
        name=name,
        url=node.url or "",
        kinds=node.kinds,
        fetch_from=fetcher.fetch,
        callback_url=callback_url,
        secret=node.secret.get_secret_value(),
        model=node.model,
        voices=node.voices,
        headers={header: value.get_secret_value() for header, value in node.headers.items()},
        shape=shape,
        heartbeat=heartbeat,
        patience=node.patience,
        timeout=node.timeout,
    )


def _default_engine(here: object, served: object) -> str:
    """Whoever has a model for it: one to run here, one of a server, or none."""
    return "diffusers_local" if here else "openai_compatible" if served else "builtin"


def _openai_options(settings: Settings) -> dict[str, dict[str, Any]]:
    key, address = settings.openai_api_key, settings.openai_base_url or ""
    server: dict[str, Any] = {
        "base_url": address,
        "api_key": key.get_secret_value() if key else "",
        "timeout": settings.openai_timeout,
        "prices": settings.openai_prices,
    }
    # Pictures may come from where the server says: from itself, wherever that is, or else from a public address.
    own = {urlsplit(address).netloc} if address else set[str]()
    pictures = Fetcher(allowed_hosts=frozenset({*settings.fetch_allowed_hosts, *own}))
    return {
        "story.openai_compatible": server | {"model": settings.openai_story_model or ""},
        "image.openai_compatible": server | {"model": settings.openai_image_model or "", "fetch": pictures.fetch},
        "speech.openai_compatible": server
        | {"model": settings.openai_speech_model or "", "voices": settings.openai_voices},
        "video.openai_compatible": server | {"model": settings.openai_video_model or ""},
    }


def _comfyui_options(settings: Settings) -> dict[str, dict[str, Any]]:
    servers = {"urls": settings.comfyui_urls}
    reference = {"reference_workflow": settings.comfyui_reference_workflow}
    return {
        "image.comfyui": servers | {"workflow": settings.comfyui_image_workflow} | reference,
        "speech.comfyui": servers | {"workflow": settings.comfyui_speech_workflow, "voices": settings.comfyui_voices},
        "video.comfyui": servers | {"workflow": settings.comfyui_video_workflow},
    }


def _comfyui_defaults(settings: Settings) -> dict[str, str]:
    """ComfyUI, for each kind that has a workflow and for which nothing else is chosen."""
    chosen = {"image": settings.image_engine, "speech": settings.speech_engine, "video": settings.video_engine}
    options = _comfyui_options(settings)
    return {kind: "comfyui" for kind, engine in chosen.items() if not engine and options[f"{kind}.comfyui"]["workflow"]}


def _diffusers_options(settings: Settings) -> dict[str, dict[str, Any]]:
    here: dict[str, Any] = {"device": settings.diffusers_device or "", "download": settings.diffusers_download}
    compiled = {"compiled": settings.diffusers_compile}
    image = {
        "model": settings.diffusers_image_model or "",
        "options": settings.diffusers_image_options,
        "batch": settings.diffusers_batch,
        "small_decoder": settings.diffusers_small_decoder or "",
        "ip_adapter": str(settings.diffusers_ip_adapter or ""),
    }
    video = {"model": settings.diffusers_video_model or "", "options": settings.diffusers_video_options}
    return {
        "story.diffusers_local": here | {"model": settings.diffusers_story_model or ""},
        "image.diffusers_local": here | compiled | image,
        "speech.diffusers_local": here | {"models": settings.diffusers_speech_models},
        "video.diffusers_local": here | compiled | video,
    }


def signing_key(settings: Settings, objects: ObjectStore) -> bytes:
    """What links and callbacks are signed with, made on first use."""
    return shared_key(objects) if settings.objects_url else own_key(settings.data_dir / "secret.key")


def keep_signing_key(settings: Settings, objects: ObjectStore, key: bytes) -> None:
    """Sign with this one from now on."""
    if settings.objects_url:
        keep_shared_key(objects, key)
    else:
        keep_own_key(settings.data_dir / "secret.key", key)

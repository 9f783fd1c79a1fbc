"""Jobs find a server, are watched, cancelled and found again; and what goes wrong is said in words."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_comfyui import fake_comfyui
from fake_openai import fake_openai

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.engines.backends.comfyui import jobs
from storyreel.engines.backends.comfyui.image import ComfyImageEngine
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError

REQUEST = ImageRequest("A fox", Style.ANIME, Canvas(128, 64), 7)


class Kept(RecordingJob):
    """A job that a restart leaves to be done."""

    def wanted(self) -> bool:
        return True


@pytest.fixture
def job(tmp_path: Path) -> RecordingJob:
    return RecordingJob(tmp_path / "job")


@pytest.fixture
def engine(options: dict[str, dict[str, Any]]) -> Callable[..., ComfyImageEngine]:
    return lambda *servers, **more: ComfyImageEngine(urls=[server.url for server in servers], **options["image"] | more)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(jobs, "_PAUSE_SECONDS", 0.05)


async def failure(work: Any) -> EngineError:
    with pytest.raises(EngineError) as failed:
        await work
    return failed.value


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - the server is not ours to wait for
            await asyncio.sleep(0.01)


async def test_progress_comes_by_websocket_and_the_picture_without(job: RecordingJob, engine: Any) -> None:
    async with fake_comfyui(seconds=0.4) as server:
        (result,) = await engine(server).draw([REQUEST], job)
        assert result.file.read_bytes().startswith(b"\x89PNG")
        assert {round(7 * fraction) for fraction in job.fractions} > {1, 3, 5}
        (submitted,) = server.submitted
        assert submitted.nodes["5"]["inputs"] | {"batch_size": 1} == {"width": 128, "height": 64, "batch_size": 1}
        assert "A fox" in submitted.nodes["6"]["inputs"]["text"]
        assert submitted.nodes["7"]["inputs"]["text"] == "text, watermark, deformed hands", "its own stays"
        server.silent = True
        job.remember("")
        assert await engine(server).draw([REQUEST], job)


async def test_the_server_with_least_to_do_is_asked(tmp_path: Path, engine: Any) -> None:
    async with fake_comfyui(seconds=0.3) as one, fake_comfyui(seconds=0.3) as other, fake_comfyui(full=True) as full:
        painter = engine(full, one, other)
        painter._servers.addresses = (*painter._servers.addresses, "http://127.0.0.1:9")
        work = [painter.draw([REQUEST], RecordingJob(tmp_path / f"{number}")) for number in range(4)]
        assert len(await asyncio.gather(*work)) == 4
        assert (len(one.submitted), len(other.submitted)) == (2, 2)
        one.full = other.full = True
        refused = await failure(painter.draw([REQUEST], RecordingJob(tmp_path / "full")))
        assert (refused.code, refused.retryable, refused.retry_after) == ("engine_busy", True, 7)


async def test_references_are_sent_to_a_workflow_of_their_own(tmp_path: Path, engine: Any, job: RecordingJob) -> None:
    seen = tmp_path / "mia.png"
    seen.write_bytes(b"\x89PNG Mia")
    async with fake_comfyui() as server:
        await engine(server).draw([replace(REQUEST, references=(seen,))], job)
        ((name, content),) = server.uploads.items()
        assert content == b"\x89PNG Mia"
        assert server.submitted[0].nodes["10"]["inputs"]["image"] == name
        job.remember("")
        await engine(server, reference_workflow=None).draw([replace(REQUEST, references=(seen,))], job)
        assert "10" not in server.submitted[1].nodes


async def test_a_refused_workflow_says_which_node_and_why(job: RecordingJob, tmp_path: Path, engine: Any) -> None:
    broken = tmp_path / "broken.json"
    nodes = '{"1": {"class_type": "Nope", "inputs": {"text": ""}, "_meta": {"title": "storyreel.prompt"}}}'
    broken.write_text(nodes)
    async with fake_comfyui() as server:
        refused = await failure(engine(server, workflow=broken).draw([REQUEST], job))
        assert refused.code == "workflow_refused"
        assert not refused.retryable
        assert "storyreel.prompt (1): Node not found: Nope" in refused.message
        assert job.remembered() == ""


async def test_a_job_that_fails_says_where(job: RecordingJob, engine: Any) -> None:
    async with fake_comfyui(fails_with="Allocation on device 0 would exceed allowed memory") as server:
        failed = await failure(engine(server).draw([REQUEST], job))
        assert "storyreel.seed (3): torch.OutOfMemoryError: Allocation on device" in failed.message
        server.fails_with = ""
        assert await engine(server).draw([REQUEST], job), "it is submitted anew"


async def test_a_file_that_is_not_there(job: RecordingJob, engine: Any) -> None:
    async with fake_comfyui(loses_output=True) as server:
        assert "answered 404" in (await failure(engine(server).draw([REQUEST], job))).message


async def test_a_workflow_that_puts_out_something_else(job: RecordingJob, engine: Any, voice_workflow: Path) -> None:
    voice_workflow.write_text(voice_workflow.read_text().replace("storyreel.text", "storyreel.prompt"))
    async with fake_comfyui() as server:
        lacking = await failure(engine(server, workflow=voice_workflow).draw([REQUEST], job))
        assert lacking.code == "engine_answer_unusable"
        assert "put out no .jpeg, .jpg, .png, .webp" in lacking.message


@pytest.mark.parametrize("old", [False, True])
async def test_a_restart_finds_the_job_and_submits_nothing(tmp_path: Path, engine: Any, *, old: bool) -> None:
    job = Kept(tmp_path / "job")
    async with fake_comfyui(seconds=0.6, old=old) as server:
        work = asyncio.create_task(engine(server).draw([REQUEST], job))
        await until(lambda: server.running and server.running.id in job.remembered())
        work.cancel()
        await asyncio.wait([work])
        assert server.told == [], "it goes on at the server"
        assert await engine(server).draw([REQUEST], job)
        assert len(server.submitted) == 1


async def test_a_crash_in_the_moment_of_submitting_is_no_second_job(engine: Any, job: RecordingJob) -> None:
    async with fake_comfyui() as server:
        await engine(server).draw([REQUEST], job)
        kept = job.remembered()
        assert server.submitted[0].id in kept, "known before the answer came"
        assert await engine(server).draw([REQUEST], job)
        assert len(server.submitted) == 1
        server.forget()
        assert await engine(server).draw([REQUEST], job), "what the server does not know is submitted"
        assert len(server.submitted) == 2


async def test_a_cancelled_job_is_cancelled_at_the_server(tmp_path: Path, engine: Any) -> None:
    async with fake_comfyui(seconds=20) as server:
        tasks = [asyncio.create_task(engine(server).draw([REQUEST], RecordingJob(tmp_path / f"{at}"))) for at in "ab"]
        await until(lambda: server.running and server.pending)
        waiting = server.pending[0].id
        mine = server.running.id
        tasks[1].cancel()
        await asyncio.wait([tasks[1]])
        assert server.told == [("delete", waiting)], "the one at work goes on"
        tasks[0].cancel()
        await asyncio.wait([tasks[0]])
        assert server.told[1:] == [("delete", mine), ("interrupt", mine)]
        await until(lambda: server.running is None)


async def test_a_server_that_goes_in_mid_job_is_left_for_another(tmp_path: Path, engine: Any) -> None:
    async with fake_comfyui() as stays:
        stays.full = True
        job = RecordingJob(tmp_path / "job")
        async with fake_comfyui(seconds=30) as goes:
            painter: Any = engine(stays, goes)
            work = asyncio.create_task(painter.draw([REQUEST], job))
            await until(lambda: goes.running)
        gone = await failure(work)
        assert (gone.code, gone.retryable) == ("engine_unreachable", True)
        stays.full = False
        assert await painter.draw([REQUEST], job)
        assert len(stays.submitted) == 1


async def test_a_server_that_forgets_in_mid_job(engine: Any, job: RecordingJob) -> None:
    async with fake_comfyui(seconds=30) as server:
        work = asyncio.create_task(engine(server).draw([REQUEST], job))
        await until(lambda: server.running)
        server.forget()
        lost = await failure(work)
        assert lost.retryable
        assert "forgotten" in lost.message
        server.seconds = 0
        assert await engine(server).draw([REQUEST], job)


async def test_what_is_not_comfyui_says_so(engine: Any, job: RecordingJob) -> None:
    async with fake_openai() as server:
        refused = await failure(engine(server).draw([REQUEST], job))
        assert refused.code in ("engine_unreachable", "engine_failed", "engine_answer_unusable")

"""Pictures by a tiny pipeline: batches, references, drafts, cancelling, and memory that does not suffice."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models
import torch
from PIL import Image

from storyreel.domain.film import Canvas
from storyreel.domain.project import Style
from storyreel.engines.backends.diffusers_local.card import card
from storyreel.engines.backends.diffusers_local.image import DiffusersImageEngine
from storyreel.engines.contracts.image import ImageRequest
from storyreel.engines.testing.conformance import RecordingJob
from storyreel.errors import EngineError

CANVAS = Canvas(320, 180)
STEPS = {"num_inference_steps": tiny_models.STEPS}


def asked(seed: int, **more: Any) -> ImageRequest:
    return ImageRequest(f"A girl, {seed} years old", Style.ANIME, CANVAS, seed, **more)


@pytest.fixture
def engine(tiny: Callable[[str], Path]) -> DiffusersImageEngine:
    return DiffusersImageEngine(model=str(tiny("picture")), device="cpu", options=STEPS, batch=4)


async def drawn(engine: DiffusersImageEngine, folder: Path, *requests: ImageRequest) -> list[Any]:
    """The pictures as pixels, each of a call of its own, all at once."""

    async def one(number: int, request: ImageRequest) -> Any:
        job = RecordingJob(folder / str(number))
        (result,) = await engine.draw([request], job)
        job.check()
        return np.asarray(Image.open(result.file), np.int16)

    return await asyncio.gather(*(one(number, request) for number, request in enumerate(requests)))


def watched(engine: DiffusersImageEngine, called: Callable[[int], None]) -> Any:
    """Have `called` hear how many pictures each pass through the model is of."""
    model = engine._model
    model.load(card("cpu"))
    # Without guidance off, each picture passes twice: with its prompt and without.
    return model.pipe.unet.register_forward_pre_hook(lambda _unet, inputs: called(len(inputs[0]) // 2))


async def test_a_picture_is_the_same_alone_and_among_others(engine: DiffusersImageEngine, tmp_path: Path) -> None:
    sizes: list[int] = []
    watched(engine, sizes.append)
    together = await drawn(engine, tmp_path / "together", *map(asked, range(4)))
    assert sizes == [4] * tiny_models.STEPS
    (alone,) = await drawn(engine, tmp_path / "alone", asked(2))
    assert np.abs(together[2] - alone).max() <= 1, "float32 differs by rounding alone"
    assert np.abs(together[1] - alone).max() > 8
    assert alone.shape == (48, 88, 3), "as many pixels as the model was trained on, in the canvas's aspect"


async def test_when_all_are_cancelled_the_pipeline_stops(engine: DiffusersImageEngine, tmp_path: Path) -> None:
    passes: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def slowly(number: int) -> None:
        passes.append(number)
        begun.set()
        go_on.wait(10)

    hook = watched(engine, slowly)
    calls = [asyncio.ensure_future(drawn(engine, tmp_path / str(number), asked(number))) for number in range(2)]
    await asyncio.to_thread(begun.wait, 10)
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    hook.remove()
    go_on.set()
    assert await drawn(engine, tmp_path / "next", asked(5))
    assert passes == [2], "no step was taken for nobody"


def out_of_memory(above: int) -> Callable[[int], None]:
    def check(number: int) -> None:
        if number > above:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

    return check


async def test_a_batch_that_does_not_fit_is_made_in_halves(engine: DiffusersImageEngine, tmp_path: Path) -> None:
    hook = watched(engine, out_of_memory(above=1))
    halved = await drawn(engine, tmp_path / "halved", *map(asked, range(3)))
    hook.remove()
    (alone,) = await drawn(engine, tmp_path / "alone", asked(1))
    assert np.array_equal(halved[1], alone)


async def test_what_does_not_fit_offloaded_either_fails_with_the_figure(
    engine: DiffusersImageEngine, tmp_path: Path
) -> None:
    watched(engine, out_of_memory(above=0))
    with pytest.raises(EngineError, match=r"does not fit into cpu .*20\.00 GiB") as failed:
        await drawn(engine, tmp_path, asked(1))
    assert failed.value.code == "engine_out_of_memory"
    assert engine._model._offloaded, "part by part was tried before"


async def test_a_reference_is_painted_over(engine: DiffusersImageEngine, tmp_path: Path) -> None:
    dark, light = tmp_path / "dark.png", tmp_path / "light.png"
    Image.new("RGB", (100, 300), "black").save(dark)
    Image.new("RGB", (300, 100), "white").save(light)
    requests = [asked(1, references=(dark,)), asked(1, references=(light,)), asked(1)]
    by_dark, by_light, by_none = await drawn(engine, tmp_path / "first", *requests)
    assert by_dark.shape == by_light.shape == by_none.shape
    assert np.abs(by_dark - by_light).mean() > 1
    assert np.array_equal(by_none, (await drawn(engine, tmp_path / "second", asked(1)))[0])


async def test_an_adapter_takes_references(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    engine = DiffusersImageEngine(
        model=str(tiny("picture")), device="cpu", options=STEPS, ip_adapter=str(tiny("adapter") / "adapter.safetensors")
    )
    assert not await engine.missing()
    bare = DiffusersImageEngine(model=str(tiny("picture")), device="cpu", options=STEPS)
    assert engine.info.version != bare.info.version
    dark, light = tmp_path / "dark.png", tmp_path / "light.png"
    Image.new("RGB", (300, 300), "black").save(dark)
    Image.linear_gradient("L").save(light)
    requests = [asked(1, references=(dark,)), asked(1, references=(light,)), asked(2, references=(light,))]
    by_dark, by_light, other = await drawn(engine, tmp_path / "all", *requests)
    (alone,) = await drawn(engine, tmp_path / "alone", requests[2])
    assert np.abs(other - alone).max() <= 1, "alone or with another that goes by the same"
    assert np.abs(by_dark - by_light).max() > 1
    (by_none,), (without) = (
        await drawn(engine, tmp_path / "none", asked(1)),
        await drawn(bare, tmp_path / "x", asked(1)),
    )
    assert np.abs(by_none - without[0]).max() <= 1, "without references it is as if it were not there"


async def test_drafts_are_decoded_by_a_small_decoder(
    engine: DiffusersImageEngine, tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    draft = DiffusersImageEngine(
        model=str(tiny("picture")), device="cpu", options=STEPS, small_decoder=str(tiny("decoder"))
    )
    (by_draft,), (whole,) = await drawn(draft, tmp_path / "1", asked(1)), await drawn(engine, tmp_path / "2", asked(1))
    assert by_draft.shape == whole.shape
    assert not np.array_equal(by_draft, whole)
    assert draft.info.version != engine.info.version


@pytest.mark.parametrize(
    ("options", "told"), [({"steps": 2}, "takes no steps"), ({"num_inference_steps": "two"}, "refuses")]
)
async def test_wrong_options_are_said_so(
    options: dict[str, Any], told: str, tiny: Callable[[str], Path], tmp_path: Path
) -> None:
    engine = DiffusersImageEngine(model=str(tiny("picture")), device="cpu", options=options)
    with pytest.raises(EngineError, match=told) as failed:
        await drawn(engine, tmp_path, asked(1))
    assert "STORYREEL_DIFFUSERS_IMAGE_OPTIONS" in failed.value.hint


async def test_a_folder_without_a_pipeline_is_said_so(tiny: Callable[[str], Path], tmp_path: Path) -> None:
    engine = DiffusersImageEngine(model=str(tiny("story")), device="cpu")
    with pytest.raises(EngineError, match="cannot be loaded"):
        await drawn(engine, tmp_path, asked(1))

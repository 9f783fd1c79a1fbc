"""Nothing is loaded that could run code, and what is not here is said with its licence and its size."""

import json
import pickle
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from storyreel.engines.backends.diffusers_local.image import DiffusersImageEngine
from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.engines.backends.diffusers_local.weights import Weights, check, check_file
from storyreel.errors import EngineUnavailableError


class Bomb:
    """Leaves a file named burst beside itself when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._beside = file.parent / "burst"

    def __reduce__(self) -> tuple[object, tuple[Path, str]]:
        return open, (self._beside, "w")


@pytest.fixture
def model(tiny: Callable[[str], Path], tmp_path: Path) -> Path:
    """A copy of the tiny picture model, to be spoilt."""
    return Path(shutil.copytree(tiny("picture"), tmp_path / "model"))


def as_pickle(file: Path) -> None:
    file.write_bytes(pickle.dumps(Bomb(file)))


def as_torch_writes_it(file: Path) -> None:
    torch.save({"bomb": Bomb(file)}, file)


@pytest.mark.parametrize("write", [as_pickle, as_torch_writes_it])
@pytest.mark.parametrize("name", ["diffusion_pytorch_model.bin", "weights.dat", "diffusion_pytorch_model.safetensors"])
async def test_a_pickle_is_refused_whatever_it_is_called(model: Path, write: Callable[[Path], None], name: str) -> None:
    (model / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    write(model / "unet" / name)
    with pytest.raises(EngineUnavailableError, match="is not loaded") as refused:
        Weights(str(model)).folder()
    assert refused.value.code == "model_unsafe"
    (missing,) = await DiffusersImageEngine(model=str(model), device="cpu").missing()
    assert name in missing
    assert not (model / "unet" / "burst").exists()


def test_a_pickle_beside_safetensors_is_left_alone(model: Path) -> None:
    as_pickle(model / "unet" / "diffusion_pytorch_model.bin")
    check(model)


def test_code_is_refused(model: Path) -> None:
    (model / "unet" / "unet.py").write_text("print('hello')")
    with pytest.raises(EngineUnavailableError, match="is code"):
        check(model)


def test_a_single_file_is_checked_too(tmp_path: Path) -> None:
    as_pickle(tmp_path / "adapter.safetensors")
    with pytest.raises(EngineUnavailableError, match="no safetensors"):
        check_file(tmp_path / "adapter.safetensors")


def test_other_weights_are_another_version(model: Path, tiny: Callable[[str], Path], tmp_path: Path) -> None:
    first, same = Weights(str(tiny("picture"))).digest(), Weights(str(model)).digest()
    assert first == same, "the same weights elsewhere are the same"
    other = Path(shutil.copytree(model, tmp_path / "other"))
    file = other / "unet" / "diffusion_pytorch_model.safetensors"
    content = bytearray(file.read_bytes())
    content[len(content) // 2 :: 99] = bytes(len(content[len(content) // 2 :: 99]))
    file.write_bytes(content)
    assert Weights(str(other)).digest() != first


async def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    (missing,) = await DiffusersImageEngine(model=str(tmp_path / "nothing"), device="cpu").missing()
    assert "There is no folder" in missing
    (missing,) = await DiffusersImageEngine().missing()
    assert "STORYREEL_DIFFUSERS_IMAGE_MODEL" in missing


class FakeHub(BaseHTTPRequestHandler):
    """Says of every repository what it holds; serves none of its files."""

    def do_GET(self) -> None:
        files = {"unet/model.safetensors": 1_700_000_000, "unet/model.bin": 9e12, "unet/model.fp16.safetensors": 9e12}
        siblings = [{"rfilename": name, "size": int(size)} for name, size in files.items()]
        body = json.dumps({"id": "some/model", "cardData": {"license": "openrail++"}, "siblings": siblings}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None: ...


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A hub on 127.0.0.1, and a cache in which nothing is yet."""
    constants = library("huggingface_hub").constants
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeHub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("hub")
async def test_licence_and_size_are_said_before_anything_is_downloaded() -> None:
    engine = DiffusersImageEngine(model="some/model", device="cpu")
    (missing,) = await engine.missing()
    assert "Licence: openrail++. Download: 1.70 GB" in missing
    assert "STORYREEL_DIFFUSERS_DOWNLOAD=true" in missing
    with pytest.raises(EngineUnavailableError, match=r"1\.70 GB"):
        Weights("some/model").folder()
    assert not await DiffusersImageEngine(model="some/model", download=True).missing()

"""Nothing is loaded that could run code, and what is not here is said with its licence and its size."""

import hashlib
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

COMMIT = "0123456789abcdef0123456789abcdef01234567"


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
    """Has the repository tiny/picture, and says of it what the hub does."""

    folder: Path
    served: list[str]

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        if "/tree/" in self.path:
            facts = [
                {"type": "file", "path": name, "size": len(self._content(name)), "oid": ""} for name in self._names()
            ]
            return self._send(json.dumps(facts).encode(), {"Content-Type": "application/json"})
        if self.path.startswith("/api/models/tiny/picture"):
            siblings = [{"rfilename": name, "size": len(self._content(name))} for name in self._names()]
            facts = {"id": "tiny/picture", "sha": COMMIT, "cardData": {"license": "openrail++"}, "siblings": siblings}
            return self._send(json.dumps(facts).encode(), {"Content-Type": "application/json"})
        name = self.path.partition(f"/resolve/{COMMIT}/")[2]
        if self.command == "GET" and name:
            self.served.append(name)
        etag = f'"{hashlib.sha256(self._content(name)).hexdigest()}"'
        self._send(self._content(name), {"ETag": etag, "X-Repo-Commit": COMMIT})

    def _names(self) -> list[str]:
        parts = [file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()]
        return [*parts, "picture.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors", "unet/model.bin"]

    def _content(self, name: str) -> bytes:
        file = self.folder / name
        return file.read_bytes() if file.is_file() else b"what nobody should download" * 10**6

    def _send(self, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None: ...


@pytest.fixture
def hub(tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """A hub on 127.0.0.1, and a cache in which nothing is yet; the files that it has served."""
    served: list[str] = []
    handler = type("Hub", (FakeHub,), {"folder": tiny("picture"), "served": served})
    constants = library("huggingface_hub").constants
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(constants, "ENDPOINT", address)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", address + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        yield served
        server.shutdown()
        thread.join()


async def test_licence_and_size_are_said_before_anything_is_downloaded(hub: list[str]) -> None:
    (missing,) = await DiffusersImageEngine(model="tiny/picture", device="cpu").missing()
    assert "Licence: openrail++. Download: 0.00 GB." in missing
    assert "STORYREEL_DIFFUSERS_DOWNLOAD=true" in missing
    with pytest.raises(EngineUnavailableError, match="are not here"):
        Weights("tiny/picture").folder()
    assert hub == []


async def test_what_may_be_downloaded_is_when_it_is_needed(
    hub: list[str], tiny: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
    assert not await DiffusersImageEngine(model="tiny/picture", download=True).missing()
    assert hub == []
    folder = Weights("tiny/picture", download=True).folder()
    assert "openrail++" in caplog.text
    wanted = {file.relative_to(tiny("picture")).as_posix() for file in tiny("picture").rglob("*") if file.is_file()}
    assert set(hub) == {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} == wanted
    assert Weights("tiny/picture").folder() == folder, "what is here is used without asking"


async def test_a_hub_that_cannot_be_reached_is_said_so(
    hub: list[str], unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library("huggingface_hub").constants, "ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}")
    (missing,) = await DiffusersImageEngine(model="tiny/picture", device="cpu").missing()
    assert "The hub does not say how large they are" in missing
    with pytest.raises(EngineUnavailableError, match="could not be downloaded") as failed:
        Weights("tiny/picture", download=True).folder()
    assert failed.value.retryable
    assert hub == []

"""Where a model's weights are: a folder, or a repository of the Hugging Face hub; and whether they may be loaded."""

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from storyreel.engines.backends.diffusers_local.libraries import library
from storyreel.errors import EngineUnavailableError

log = logging.getLogger(__name__)

_TAKEN = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")
_LEFT = ("*.fp16.*", "*.bf16.*", "*.non_ema.*")
_INDEX = "model_index.json"
"""What a pipeline has in its folder, whose parts are in folders of their own."""
DOWNLOAD_SETTING = "STORYREEL_DIFFUSERS_DOWNLOAD"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_PICKLES = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
_ZIP = b"PK\x03\x04"
_MAX_HEADER = 100_000_000
"""Bytes; the limit of the safetensors format."""
_HUB_SECONDS = 10
_DOWNLOADING = Lock()
"""So that of those who want a model at once, one fetches it."""
_SAMPLES, _SAMPLE = 16, 4096


@dataclass(frozen=True, slots=True)
class Weights:
    """A model by the path of its folder, or by its id on the hub.

    Args:
        download: whether it may be downloaded; what was downloaded before is used in any case.
    """

    name: str
    download: bool = False

    @property
    def local(self) -> bool:
        return not _HUB_ID.fullmatch(self.name) or Path(self.name).expanduser().exists()

    def folder(self) -> Path:
        """The folder that they are in, checked; downloads them first where that is wanted. Blocks.

        Raises:
            EngineUnavailableError: they are not here, or are not safe to load.
        """
        found = self._here()
        if found is None:
            found = self._downloaded()
        check(found)
        return found

    def here(self) -> None:
        """Nothing, if they are here or will be once they are needed. Blocks; downloads nothing.

        Raises:
            EngineUnavailableError: they are not, or are not safe to load.
        """
        found = self._here()
        if found is not None:
            check(found)
        elif not self.download:
            raise self._not_here()

    def _here(self) -> Path | None:
        if not self.local:
            return self._cached()
        found = Path(self.name).expanduser()
        if not found.is_dir():
            raise EngineUnavailableError(
                f"There is no folder {self.name}.", code="model_not_found", hint="Give a model's folder, or its hub id."
            )
        return found

    def digest(self) -> str:
        """Changes with the weights: from their content, or for those of the hub from their name."""
        return _digest_of(Path(self.name).expanduser()) if self.local else self.name

    def _cached(self) -> Path | None:
        """Their folder, if all of them were downloaded before."""
        hub = library("huggingface_hub")
        try:
            found = Path(hub.snapshot_download(self.name, allow_patterns=[_INDEX], local_files_only=True))
            wanted = _wanted(pipeline=(found / _INDEX).exists())
            return Path(hub.snapshot_download(self.name, **wanted, local_files_only=True))
        except hub.errors.LocalEntryNotFoundError:
            return None

    def _downloaded(self) -> Path:
        if not self.download:
            raise self._not_here()
        hub = library("huggingface_hub")
        try:
            with _DOWNLOADING:
                if found := self._cached():
                    return found
                offer = self._offer()
                log.warning("downloading %s. %s", self.name, offer)
                return Path(hub.snapshot_download(self.name, **offer.wanted))
        except (library("httpx2").HTTPError, OSError) as error:
            raise EngineUnavailableError(
                f"{self.name} could not be downloaded: {_first_line(error)}", code="model_not_found", retryable=True
            ) from error

    def _not_here(self) -> EngineUnavailableError:
        try:
            said = str(self._offer())
        except (library("httpx2").HTTPError, OSError) as error:
            said = f"The hub does not say how large they are: {_first_line(error)}."
        return EngineUnavailableError(
            f"The weights of {self.name} are not here. {said}",
            code="model_not_found",
            hint=f"To have them downloaded, set {DOWNLOAD_SETTING}=true; or give the folder that they are in.",
        )

    def _offer(self) -> "_Offer":
        hub = library("huggingface_hub")
        info = hub.HfApi().model_info(self.name, files_metadata=True, timeout=_HUB_SECONDS)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings}
        wanted = _wanted(pipeline=_INDEX in sizes)
        size = sum(sizes[name] for name in hub.utils.filter_repo_objects(sizes, **wanted))
        return _Offer(getattr(info.card_data, "license", None) or "not stated", size, wanted)


@dataclass(frozen=True, slots=True)
class _Offer:
    """What the hub has of a model that is of use here: so many bytes, of the files that are `wanted`."""

    licence: str
    size: int
    wanted: Mapping[str, Any]

    def __str__(self) -> str:
        return f"Licence: {self.licence}. Download: {self.size / 1e9:.2f} GB."


def _wanted(*, pipeline: bool) -> Mapping[str, Sequence[str]]:
    """Configurations and safetensors, but not what is there twice: in another precision, or whole beside its parts."""
    taken = [_INDEX, *(f"*/{pattern}" for pattern in _TAKEN)] if pipeline else list(_TAKEN)
    return {"allow_patterns": taken, "ignore_patterns": list(_LEFT)}


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def check(folder: Path) -> None:
    """Refuse whatever could run code when it is loaded, judged by what is in the files, not by their names.

    Raises:
        EngineUnavailableError: a part has weights as a pickle only, something else calls itself safetensors, or there
            is code.
    """
    for file in _files(folder):
        if file.suffix == ".py":
            raise _unsafe(file, "is code", "Delete it if the model works without; code of models is never run.")
        if file.suffix == ".safetensors" and not _is_safetensors(file):
            raise _unsafe(file, "is not what its name says", "Get the model anew, from where you trust it.")
        if _is_pickle(file) and not any(_is_safetensors(other) for other in file.parent.glob("*.safetensors")):
            raise _unsafe(file, "is a pickle", "Get the model as safetensors, or convert it.")


def config(folder: Path, name: str) -> dict[str, Any]:
    """A JSON file of a model's folder; empty when it is not there.

    Raises:
        EngineUnavailableError: it is no JSON object.
    """
    file = folder / name
    if not file.is_file():
        return {}
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise EngineUnavailableError(f"{file} is broken: {error}") from error


def check_file(file: Path) -> Path:
    """The same for weights in a single file."""
    if not file.is_file():
        raise EngineUnavailableError(f"There is no file {file}.", code="model_not_found")
    if not _is_safetensors(file):
        raise _unsafe(file, "is no safetensors file", "Get it as safetensors, or convert it.")
    return file


def _unsafe(file: Path, what: str, hint: str) -> EngineUnavailableError:
    return EngineUnavailableError(f"{file} {what}, and is not loaded.", code="model_unsafe", hint=hint)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _is_pickle(file: Path) -> bool:
    """Also inside a zip archive, as torch writes it."""
    with file.open("rb") as content:
        start = content.read(4096)
    return start.startswith(_PICKLES) or (start.startswith(_ZIP) and b"data.pkl" in start)


def _is_safetensors(file: Path) -> bool:
    """Eight bytes say how long the JSON is that follows."""
    with file.open("rb") as content:
        start = content.read(9)
    header = int.from_bytes(start[:8], "little")
    return start[8:] == b"{" and header <= min(_MAX_HEADER, file.stat().st_size - 8)


@cache
def _digest_of(folder: Path) -> str:
    """Of every file its name, size, and samples of its content: all of a small one."""
    found = hashlib.sha256()
    for file in _files(folder):
        size = file.stat().st_size
        found.update(f"{file.relative_to(folder).as_posix()}\0{size}\0".encode())
        with file.open("rb") as content:
            for number in range(_SAMPLES):
                content.seek(size * number // _SAMPLES)
                found.update(content.read(_SAMPLE))
    return found.hexdigest()[:12]

"""Kernels: inner loops written in Python that run as machine code, compiled once on each machine and kept there.

Numba compiles them. Importing it and what it keeps itself takes 0.5 s of processor time in every process, three times
that where Python may not keep bytecode. Loading the machine code that is kept here takes an eighth of that or less.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, TypeVarTuple, cast, get_args, get_type_hints

import numpy as np

from storyreel.media import codestore

Args = TypeVarTuple("Args")

_NUMBERS = {int: ("int64", ctypes.c_int64), float: ("float64", ctypes.c_double)}


_loading = threading.Lock()
"""Held by whoever loads a kernel: kernels share parts, and Numba must be told of a part once only."""


def kernel(*parts: Callable[..., object]) -> Callable[[Callable[[*Args], None]], "Kernel[*Args]"]:
    """Make a function a kernel.

    Its parameters are declared `int`, `float` (finite!) or `NDArray[…]`. Whatever the shape of an array, the function
    sees its elements in a row, and nobody checks the places that it reads and writes. It may not raise, allocate or
    call anything but its parts, and all that it refers to is in its file.

    Args:
        parts: plain functions of the same file that this one calls.
    """
    return lambda function: Kernel(function, parts)


class Kernel(Generic[*Args]):
    """Called like the function that it was made of. Other threads run meanwhile.

    Raises:
        ctypes.ArgumentError: an array is of another type, not in C order, or read-only (ctypes hands out no such).
        TypeError: the function is not fit to be a kernel.
    """

    def __init__(self, function: Callable[[*Args], None], parts: tuple[Callable[..., object], ...]) -> None:
        self._function = function
        self._parts = parts
        # Read now, not at the first call: when somebody edits the file meanwhile, it is still this text that we run.
        self._text = Path(function.__code__.co_filename).read_bytes()
        self._native: Callable[[*Args], None] | None = None

    def __call__(self, *args: *Args) -> None:
        native = self._native or self._load()
        native(*args)

    def _load(self) -> Callable[[*Args], None]:
        with _loading:
            if self._native is None:
                parameters = _parameters(self._function)
                digest = sha256(repr((self._text, self._function.__qualname__, _circumstances())).encode()).digest()
                symbol = f"{self._function.__name__}_{digest.hex()[:32]}"
                code = codestore.read(symbol, digest)
                if code is None:
                    code = self._compiled(symbol, [name for name, _ in parameters])
                    codestore.keep(symbol, digest, code)
                self._engine = _linked(code)  # owns the memory that the code is in
                prototype = ctypes.CFUNCTYPE(None, *(converter for _, converter in parameters))
                self._native = prototype(self._engine.get_function_address(symbol))
            return self._native

    def _compiled(self, symbol: str, types: list[str]) -> bytes:
        """Object code that defines one C function, `symbol`, and needs nothing else."""
        import numba

        for part in self._parts:
            _make_callable(part)
        made = cast(Any, numba).cfunc(f"void({', '.join(types)})", fastmath=True)(self._function)
        module = _llvm().parse_assembly(made.inspect_llvm())
        module.get_function(made.native_name).name = symbol
        _strip(module, symbol)
        if needed := [f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")]:
            raise TypeError(f"{self._function.__name__} is no kernel, for it may call {', '.join(needed)}.")
        return _target_machine().emit_object(module)


def _parameters(function: Callable[..., None]) -> list[tuple[str, Any]]:
    """Of each parameter, Numba's name of its type, and what makes ctypes check and pass it."""
    parameters: list[tuple[str, Any]] = []
    for name, hint in get_type_hints(function).items():
        if hint in _NUMBERS:
            parameters.append(_NUMBERS[hint])
        elif name != "return":
            _, declared = get_args(hint)  # of NDArray[T]: shape and dtype[T]
            element = np.dtype(*get_args(declared))
            parameters.append((f"CPointer({element.name})", _Address(element)))
    return parameters


class _Address:
    """Checks an array and passes where it starts; NumPy's `ndpointer` takes eight times as long: 3 % of a frame."""

    def __init__(self, element: "np.dtype[Any]") -> None:
        self._element = element

    def from_param(self, array: Any) -> object:
        if array.dtype != self._element:
            raise TypeError(f"expected an array of {self._element}, got one of {array.dtype}")
        return _Start.from_buffer(array)  # raises unless it is contiguous and may be written to


_Start = ctypes.c_char * 0


@cache
def _make_callable(part: Callable[..., object]) -> None:
    """Let Numba compile calls of it."""
    from numba import extending

    cast(Any, extending).register_jitable(fastmath=True)(part)


def _strip(module: Any, symbol: str) -> None:
    """Take out what the function does not need: of a kernel, all of Numba's ways to raise a Python exception.

    Whether the compiled function can fail is plain once its caller is known to be the only one.
    """
    llvm = _llvm()
    for value in (*module.functions, *module.global_variables):
        if not value.is_declaration and value.name != symbol:
            value.linkage = "internal"
    passes = llvm.create_new_module_pass_manager()
    passes.add_ipsccp_pass()
    passes.add_simplify_cfg_pass()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, llvm.create_pass_builder(_target_machine(), llvm.create_pipeline_tuning_options()))


def _linked(code: bytes) -> Any:
    llvm = _llvm()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def _target_machine() -> Any:
    """This processor, as Numba itself describes it to LLVM. An engine takes it over, so each needs its own."""
    llvm = _llvm()
    target = llvm.Target.from_default_triple()
    name, features = _processor()
    return target.create_target_machine(cpu=name, features=features, opt=3, codemodel="jitdefault")


@cache
def _circumstances() -> tuple[object, ...]:
    """Whatever the machine code depends on besides the kernel's own file."""
    packages = [(name, version(name)) for name in ("numba", "llvmlite", "numpy")]
    options = sorted(item for item in os.environ.items() if item[0].startswith("NUMBA_"))
    return Path(__file__).read_bytes(), sys.version, packages, options, _llvm().get_process_triple(), *_processor()


def _processor() -> tuple[str, str]:
    llvm = _llvm()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@cache
def _llvm() -> Any:
    import llvmlite.binding  # pyright: ignore[reportMissingTypeStubs] - the wheel has none

    llvm = cast(Any, llvmlite.binding)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm

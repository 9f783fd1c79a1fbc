"""Writes a language model of a quarter of a megabyte, as GGUF. It has learnt nothing.

    python tiny_gguf.py FILE [wild]

It types ASCII only and soon comes to an end, unless it is a wild one, which types any bytes for as long as it may.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 64, 4, 1, 64, 8192
ALIGNED = 32
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9
NORMAL, CONTROL = 1, 3
FORBIDDEN, LIKELY = -20.0, 3.0
SPECIAL = ("<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)


def byte_tokens() -> list[str]:
    """The tokens of the 256 bytes, written as GPT-2 writes them: each as one visible character."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = (byte for byte in range(256) if byte not in visible)
    written = {byte: chr(byte) for byte in visible} | {byte: chr(256 + at) for at, byte in enumerate(others)}
    return [written[byte] for byte in range(256)]


def tensors(tokens: list[str], *, wild: bool) -> Iterator[tuple[str, np.ndarray]]:
    """Random weights; but the first of the numbers between layers is always one, and there hangs what is typed."""
    random = np.random.default_rng(7)

    def weights(rows: int, columns: int, scale: float = 0.05) -> np.ndarray:
        return random.normal(0, scale, (rows, columns)).astype(np.float32)

    embedding = weights(len(tokens), WIDTH, 0.5)
    embedding[:, 0] = 4.0
    yield "token_embd.weight", embedding
    for layer in range(LAYERS):
        for name in ("attn_norm", "ffn_norm"):
            yield f"blk.{layer}.{name}.weight", np.ones(WIDTH, np.float32)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"blk.{layer}.{name}.weight", weights(WIDTH, WIDTH)
        for name, shape in {"ffn_gate": (INNER, WIDTH), "ffn_up": (INNER, WIDTH), "ffn_down": (WIDTH, INNER)}.items():
            yield f"blk.{layer}.{name}.weight", weights(*shape)
    yield "output_norm.weight", np.ones(WIDTH, np.float32)
    last = weights(len(tokens), WIDTH, 0.3)
    ascii_ = [token.isascii() and token.isprintable() and token not in '\\"' for token in tokens]
    if not wild:
        last[:, 0] = [0.0 if allowed else FORBIDDEN for allowed in ascii_]
        last[tokens.index('"'), 0] = last[tokens.index("}"), 0] = LIKELY
    yield "output.weight", last


def metadata(tokens: list[str]) -> dict[str, tuple[int, Any]]:
    kinds = [CONTROL if token in SPECIAL else NORMAL for token in tokens]
    return {
        "general.architecture": (STRING, "llama"),
        "general.name": (STRING, "tiny"),
        "general.alignment": (UINT32, ALIGNED),
        "llama.context_length": (UINT32, CONTEXT),
        "llama.embedding_length": (UINT32, WIDTH),
        "llama.block_count": (UINT32, LAYERS),
        "llama.feed_forward_length": (UINT32, INNER),
        "llama.attention.head_count": (UINT32, HEADS),
        "llama.attention.layer_norm_rms_epsilon": (FLOAT32, 1e-5),
        "tokenizer.ggml.model": (STRING, "gpt2"),
        "tokenizer.ggml.pre": (STRING, "gpt-2"),
        "tokenizer.ggml.tokens": (STRING, tokens),
        "tokenizer.ggml.token_type": (INT32, kinds),
        "tokenizer.ggml.merges": (STRING, ["t h"]),
        "tokenizer.ggml.bos_token_id": (UINT32, tokens.index(SPECIAL[0])),
        "tokenizer.ggml.eos_token_id": (UINT32, tokens.index(SPECIAL[1])),
        "tokenizer.chat_template": (STRING, TEMPLATE),
    }


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def scalar(kind: int, value: Any) -> bytes:
    return text(value) if kind == STRING else struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f"}[kind], value)


def field(name: str, kind: int, value: Any) -> bytes:
    if isinstance(value, list):
        head = struct.pack("<IIQ", ARRAY, kind, len(value))
        return text(name) + head + b"".join(scalar(kind, one) for one in value)
    return text(name) + struct.pack("<I", kind) + scalar(kind, value)


def write(file: Path, *, wild: bool) -> None:
    tokens = [*byte_tokens(), "th", *SPECIAL]
    fields = metadata(tokens)
    weights = dict(tensors(tokens, wild=wild))
    head, offset = b"GGUF" + struct.pack("<IQQ", 3, len(weights), len(fields)), 0
    head += b"".join(field(name, *at) for name, at in fields.items())
    for name, values in weights.items():
        shape = values.shape[::-1]  # the dimension that lies side by side comes first
        head += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset)
        offset += len(values.tobytes()) + -len(values.tobytes()) % ALIGNED
    body = b"".join(values.tobytes() + bytes(-len(values.tobytes()) % ALIGNED) for values in weights.values())
    file.write_bytes(head + bytes(-len(head) % ALIGNED) + body)


if __name__ == "__main__":
    write(Path(sys.argv[1]), wild="wild" in sys.argv[2:])

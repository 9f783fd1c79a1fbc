"""Everything that can be set, by `STORYREEL_*` in the environment or in an optional TOML file."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

_ADDRESS = r"^https?://([\w.-]+|\[[\da-fA-F:.]+\])(:\d{1,5})?(/[^\s?#]*)?$"


class AnswerShape(BaseModel):
    """Where a node's answers hold what: paths such as `data.0.b64_json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = "id"
    url: str = "result_url"
    b64: str = "result_b64"
    ok: dict[str, Any] = {}
    error: str = "error"


class NodeSettings(BaseModel):
    """One remote node; docs/howto/engines-node.md says what each field means. Without a `url` it fetches its work."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = Field(default=None, pattern=r"^https?://([\w.-]+|\[[\da-fA-F:.]+\])(:\d{1,5})?(/[^\s?#]*)?$")
    secret: SecretStr = SecretStr("")
    kinds: list[Literal["story", "image", "speech", "video"]] = Field(min_length=1)
    model: str = "default"
    voices: dict[str, str] = {}
    path: str = "jobs"
    headers: dict[str, SecretStr] = {}
    send: dict[str, Any] | None = None
    answer: AnswerShape = AnswerShape()
    heartbeat: float | None = Field(default=None, ge=0)
    patience: float = Field(default=300, gt=0)
    timeout: float = Field(default=900, gt=0)


class Settings(BaseSettings):
    """The environment wins over the file that `STORYREEL_CONFIG` names; there, lists and tables are JSON."""

    model_config = SettingsConfigDict(env_prefix="STORYREEL_", extra="forbid", frozen=True)

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("storyreel"), description="Folder of the database, the files and keys."
    )
    database_url: str | None = Field(
        default=None,
        pattern=r"^(sqlite:///|postgresql://)",
        description="Where rows are kept, such as postgresql://user@host/name; SQLite in the data folder if unset.",
    )
    objects_url: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9][a-z0-9.-]+[a-z0-9](/[\w./-]*)?$",
        description="Where files are kept, such as s3://bucket/folder; the data folder if unset.",
    )
    objects_endpoint: str | None = Field(
        default=None,
        pattern=_ADDRESS,
        description="Address of the S3 service, such as http://127.0.0.1:9000; else AWS_ENDPOINT_URL, else AWS itself.",
    )
    objects_cache: int = Field(
        default=20 * 2**30, ge=0, description="Bytes of the bucket's files that are kept in the data folder too."
    )
    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that `serve` listens on; 0 picks a free one.")
    public_url: str | None = Field(
        default=None, description="Address users see, such as https://film.example; else that of each request."
    )
    allowed_hosts: list[str] = Field(
        default_factory=list[str], description="Host names that requests may carry, besides loopback and `host`."
    )
    story_engine: str | None = Field(default=None, description="Engine that plans storyboards (LLM tasks).")
    image_engine: str | None = Field(default=None, description="Engine that makes pictures (SD tasks).")
    speech_engine: str | None = Field(default=None, description="Engine that speaks (TTS tasks).")
    video_engine: str | None = Field(default=None, description="Engine that moves pictures (SVD tasks).")
    openai_base_url: str | None = Field(
        default=None,
        pattern=_ADDRESS,
        description="Address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1.",
    )
    openai_api_key: SecretStr | None = Field(default=None, description="Its key, if it wants one.")
    openai_story_model: str | None = Field(
        default=None, description="Its model for storyboards; the first it lists if unset."
    )
    openai_image_model: str | None = Field(default=None, description="Its model for pictures.")
    openai_speech_model: str | None = Field(default=None, description="Its model for voices.")
    openai_video_model: str | None = Field(default=None, description="Its model for clips.")
    openai_voices: dict[str, str] = Field(
        default_factory=lambda: {"alloy": "en", "nova": "zh"},
        description="Voice of the speech model → the language that it is for, the default of each language first.",
    )
    openai_timeout: float = Field(default=900, gt=0, description="Seconds that one answer of the server may take.")
    openai_prices: dict[str, float] = Field(
        default_factory=dict[str, float],
        description="Unit → what one costs, for the log: input_tokens, output_tokens, images, characters, seconds.",
    )
    diffusers_story_model: str | None = Field(
        default=None, description="Folder or hub id of a language model to run here, for storyboards."
    )
    diffusers_image_model: str | None = Field(
        default=None, description="Folder or hub id of a text-to-image pipeline to run here, for pictures."
    )
    diffusers_speech_models: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="Language → folder or hub id of a text-to-speech model to run here, for voices.",
    )
    diffusers_video_model: str | None = Field(
        default=None, description="Folder or hub id of an image-to-video pipeline to run here, for clips."
    )
    diffusers_image_options: dict[str, bool | int | float | str] = Field(
        default_factory=dict[str, bool | int | float | str],
        description="What that pipeline is called with, such as num_inference_steps and guidance_scale.",
    )
    diffusers_video_options: dict[str, bool | int | float | str] = Field(
        default_factory=dict[str, bool | int | float | str],
        description="Likewise, such as num_inference_steps, decode_chunk_size and fps.",
    )
    diffusers_small_decoder: str | None = Field(
        default=None, description="Folder or hub id of a tiny autoencoder (TAESD) for draft pictures, sooner made."
    )
    diffusers_ip_adapter: Path | None = Field(
        default=None, description="File of an IP-Adapter for pictures of characters, image_encoder folder beside it."
    )
    diffusers_device: str | None = Field(
        default=None,
        pattern=r"^(cuda(:\d+)?|mps|cpu)$",
        description="Device they run on: cuda, cuda:1, mps or cpu; the best there is if unset.",
    )
    diffusers_batch: int = Field(default=8, ge=1, le=64, description="Pictures painted together at most.")
    diffusers_compile: bool = Field(
        default=False, description="Compile pipelines, which takes minutes and pays for long films on a card."
    )
    diffusers_download: bool = Field(default=False, description="Whether weights may be downloaded from the hub.")
    comfyui_urls: list[Annotated[str, Field(pattern=_ADDRESS)]] = Field(
        default_factory=list[str],
        description="Addresses of ComfyUI servers, such as http://127.0.0.1:8188; the one with least to do is asked.",
    )
    comfyui_image_workflow: Path | None = Field(
        default=None,
        description="Workflow for pictures, exported for the API; see [the guide](../howto/engines-comfyui.md).",
    )
    comfyui_reference_workflow: Path | None = Field(
        default=None, description="Workflow for pictures of characters that have a picture themselves."
    )
    comfyui_video_workflow: Path | None = Field(default=None, description="Workflow for clips.")
    comfyui_speech_workflow: Path | None = Field(default=None, description="Workflow for voices.")
    comfyui_voices: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="Value of its voice input → the language that it is for, the default of each language first.",
    )
    concurrency: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Tasks of each type at work at once in one process; 0: one per core, or the engine's batch.",
    )
    max_waiting: int = Field(
        default=20_000,
        ge=0,
        description="Tasks that one user may have waiting; a film is one, its shots do not count. 0: any number.",
    )
    max_projects: int = Field(default=10_000, ge=0, description="Projects that one user may have. 0: any number.")
    llm_timeout: float = Field(default=3600, gt=0, description="Seconds that an LLM task may take.")
    sd_timeout: float = Field(default=900, gt=0, description="Seconds that an SD task may take.")
    tts_timeout: float = Field(default=600, gt=0, description="Seconds that a TTS task may take.")
    svd_timeout: float = Field(default=3600, gt=0, description="Seconds that an SVD task may take.")
    film_timeout: float = Field(default=43200, gt=0, description="Seconds that a FILM task may take.")
    node_timeout: float = Field(default=3600, gt=0, description="Seconds that a remote node may take to report back.")
    nodes: dict[str, NodeSettings] = Field(
        default_factory=dict[str, NodeSettings],
        description="Remote node → its `url`, `secret`, `kinds` and shape; see [the guide](../howto/engines-node.md).",
    )
    node_secret: SecretStr | None = Field(
        default=None,
        description="Secret of this machine as a node (`storyreel node`); made and kept by itself if unset.",
    )
    fetch_allowed_hosts: list[str] = Field(
        default_factory=list[str],
        description="Hosts (or host:port) that pictures may be fetched from although private.",
    )
    token_days: int = Field(default=30, ge=1, le=365, description="Days after which a sign-in ends by itself.")
    max_body_bytes: int = Field(default=4 * 2**20, ge=1024, description="Largest request body, in bytes.")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: Literal["text", "json"] = Field(
        default="text", description="Log lines for people (text), or a JSON object a line (json)."
    )
    metrics_token: SecretStr | None = Field(
        default=None, min_length=16, description="Bearer token that opens `/metrics`; there is none if unset."
    )

    @property
    def on_postgresql(self) -> bool:
        """Whether processes on any number of machines may share the rows."""
        return (self.database_url or "").startswith("postgresql://")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the command line says, then the environment, then the file."""
        file = os.environ.get("STORYREEL_CONFIG")
        sources = (init_settings, env_settings)
        return (*sources, TomlConfigSettingsSource(settings_cls, file)) if file else sources

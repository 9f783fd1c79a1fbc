"""How pictures are encoded: the one profile that all segments of a film share, and the presets it is chosen by."""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from importlib.metadata import version

from storyreel.domain.film import Canvas, Codec, Preset
from storyreel.errors import InvalidInputError

_FRAME_PATH = 2
"""Raise whenever the same frames and profile would give other bytes."""


SOFTWARE = {Codec.H264: "libx264", Codec.HEVC: "libx265", Codec.AV1: "libsvtav1"}
"""The encoder of each codec that needs no special hardware."""
HARDWARE = {
    codec: tuple(f"{codec}_{maker}" for maker in ("nvenc", "qsv", "videotoolbox")) for codec in (Codec.H264, Codec.HEVC)
} | {Codec.AV1: ("av1_nvenc", "av1_qsv")}
"""Encoders in graphics hardware by NVIDIA, Intel and Apple, in the order in which they are tried."""

_PRESETS: dict[tuple[str, Preset], tuple[str, int, str]] = {
    ("libx264", Preset.DRAFT): ("ultrafast", 26, "deblock=3,3:deadzone-inter=32:deadzone-intra=20"),
    ("libx264", Preset.STANDARD): ("superfast", 20, "mbtree=1:rc-lookahead=20"),
    ("libx264", Preset.HIGH): ("medium", 17, ""),
    ("libx265", Preset.DRAFT): ("ultrafast", 25, ""),
    ("libx265", Preset.STANDARD): ("superfast", 18, ""),
    ("libx265", Preset.HIGH): ("medium", 16, ""),
    ("libsvtav1", Preset.DRAFT): ("10", 36, ""),
    ("libsvtav1", Preset.STANDARD): ("10", 24, ""),
    ("libsvtav1", Preset.HIGH): ("7", 18, ""),
}
"""Speed setting, quality (`crf`) and further settings of the encoder.

Drafts keep film grain as it is in the latest key frame, so that each key frame is seen as a beat. Theirs are farther
apart, as far as HLS fragments may be long, and grain is smoothed: half as much changes there, at 0.6 of the size.
"""
_OF_DRAFTS = Fraction(4)
"""Seconds from one of their key frames to the next."""
_HARDWARE_QUALITY = {Preset.DRAFT: 30, Preset.STANDARD: 24, Preset.HIGH: 19}
_HARDWARE_SPEED = {
    "nvenc": {Preset.DRAFT: "p1", Preset.STANDARD: "p4", Preset.HIGH: "p6"},
    "qsv": {Preset.DRAFT: "veryfast", Preset.STANDARD: "medium", Preset.HIGH: "slow"},
    "videotoolbox": dict.fromkeys(Preset, ""),
}


@dataclass(frozen=True, slots=True)
class EncodeProfile:
    """MP4, 4:2:0, BT.709 limited range, constant quality, closed groups of pictures; by default H.264, STANDARD.

    x264's `superfast` with macroblock tree and 20 frames of look-ahead lies on veryfast's curve of quality over rate at
    about half its time (measured by VMAF at 720p, one thread). `crf` 20 cannot be told from the source at arm's length.

    Attributes:
        preset: how hard the encoder tries, in its own words.
        crf: constant quality; lower is better.
        params: further settings of the encoder, `name=value:…`.
    """

    canvas: Canvas
    fps: Fraction
    preset: str = "superfast"
    crf: int = 20
    params: str = "mbtree=1:rc-lookahead=20"
    keyframe_seconds: Fraction = Fraction(2)
    encoder: str = "libx264"

    @property
    def reordering(self) -> int:
        """Frames by which pictures are decoded ahead of being shown: B-frames serve as references, one deep.

        AV1 hides its own reordering inside of its packets.
        """
        return 0 if "av1" in self.encoder else 2

    def identity(self) -> dict[str, object]:
        """Everything that changes the bytes of what is encoded, as JSON."""
        own = {"x264": self.params}
        if self.encoder != "libx264":
            own = {"encoder": self.encoder, "params": self.params}
        return {
            "canvas": str(self.canvas),
            "fps": str(Fraction(self.fps)),
            "preset": self.preset,
            "crf": self.crf,
            **own,
            "keyframe_seconds": str(self.keyframe_seconds),
            "frame_path": _FRAME_PATH,
            **_libraries(),
        }

    def options(self) -> dict[str, str]:
        """The profile as the encoder's own options."""
        quality = str(self.crf)
        match self.encoder.rpartition("_")[2]:
            case "libx264":  # `stitchable` keeps content out of the headers, so that all segments share them
                params = _joined(self.params, "open-gop=0:stitchable=1")
                return {"preset": self.preset, "crf": quality, "x264-params": params}
            case "libx265":  # one thread, and no note of its settings among the pictures
                params = _joined(self.params, "open-gop=0:pools=none:frame-threads=1:info=0:log-level=error")
                return {"preset": self.preset, "crf": quality, "x265-params": params}
            case "libsvtav1":
                return {"preset": self.preset, "crf": quality, "svtav1-params": _joined(self.params, "lp=1")}
            case "nvenc":
                rate = {"rc": "vbr", "cq": quality, "b:v": "0"}
                return {"preset": self.preset, **rate, "bf": "0", "forced-idr": "1", "strict_gop": "1"}
            case "qsv":
                return {"preset": self.preset, "global_quality": quality, "bf": "0", "idr_interval": "0"}
            case "videotoolbox":  # its scale runs the other way, 1 … 100
                return {"flags": "+qscale", "global_quality": str((100 - 2 * self.crf) * 118), "bf": "0"}
            case _:
                raise InvalidInputError(f"There is no encoder '{self.encoder[:40]}'.")


@cache
def _libraries() -> dict[str, str]:
    """What of others changes the bytes. Cached: looking a version up takes a millisecond, and every segment asks."""
    # PyAV's wheel brings FFmpeg and the encoders along.
    return {"av": version("av"), "opencv": version("opencv-python-headless")}


def named_profile(
    canvas: Canvas, fps: Fraction, preset: Preset = Preset.STANDARD, encoder: str = "libx264"
) -> EncodeProfile:
    """The profile of a preset; see `encode.encoder_for` for the encoder.

    Raises:
        InvalidInputError: no such encoder.
    """
    own = _PRESETS.get((encoder, preset))
    if own is None:
        maker = encoder.rpartition("_")[2]
        if maker not in _HARDWARE_SPEED:
            raise InvalidInputError(f"There is no encoder '{encoder[:40]}'.")
        own = (_HARDWARE_SPEED[maker][preset], _HARDWARE_QUALITY[preset], "")
    speed, quality, params = own
    profile = EncodeProfile(canvas, fps, speed, quality, params, encoder=encoder)
    return replace(profile, keyframe_seconds=_OF_DRAFTS) if preset is Preset.DRAFT else profile


def _joined(*params: str) -> str:
    return ":".join(filter(None, params))

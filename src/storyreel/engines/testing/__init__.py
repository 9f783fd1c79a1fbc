"""For whoever tests engines, or anything around them: quick fake engines, and what every engine must hold to."""

from storyreel.engines.testing.conformance import (
    check_image_engine,
    check_speech_engine,
    check_story_engine,
    check_video_engine,
)
from storyreel.engines.testing.fakes import (
    FakeImageEngine,
    FakeImmediateVideoEngine,
    FakeSpeechEngine,
    FakeStoryEngine,
    FakeVideoEngine,
)

__all__ = [
    "FakeImageEngine",
    "FakeImmediateVideoEngine",
    "FakeSpeechEngine",
    "FakeStoryEngine",
    "FakeVideoEngine",
    "check_image_engine",
    "check_speech_engine",
    "check_story_engine",
    "check_video_engine",
]

"""An image engine for servers under test: every picture is as far as a test says, and done when it says so.

    STORYREEL_IMAGE_ENGINE=held:HeldImageEngine PYTHONPATH=tests/engines HELD_AT=FOLDER

FOLDER/percent holds how far all pictures are; at 100 they are drawn. For each that is waited for, FOLDER has a file.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from storyreel.engines.contracts.engine import Deferred, Job
from storyreel.engines.contracts.image import ImageRequest, ImageResult
from storyreel.engines.testing import FakeImageEngine


class HeldImageEngine(FakeImageEngine):
    """The fake one's pictures, when their time has come."""

    async def draw(self, requests: Sequence[ImageRequest], job: Job) -> Sequence[ImageResult | Deferred]:
        folder = Path(os.environ["HELD_AT"])
        waiting = folder / job.key
        waiting.touch()
        try:
            while (percent := int((folder / "percent").read_text())) < 100:
                job.progress(percent / 100)
                await asyncio.sleep(0.05)
        finally:
            waiting.unlink(missing_ok=True)
        return await super().draw(requests, job)

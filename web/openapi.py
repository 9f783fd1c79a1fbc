"""Writes the API's OpenAPI document to standard output; `make schema` turns it into src/lib/api/schema.d.ts."""

import json
import sys
import tempfile
from pathlib import Path

from storyreel.assembly import Storyreel
from storyreel.settings import Settings

with tempfile.TemporaryDirectory() as folder:
    storyreel = Storyreel(Settings(data_dir=Path(folder)))
    json.dump(storyreel.api(first_login_creates_owner=False).openapi(), sys.stdout)
    storyreel.close()

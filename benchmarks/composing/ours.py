"""Runs `room`: as light as the product's own command, since every child process reads it, too."""

import sys

if __name__ == "__main__":
    import asyncio
    from pathlib import Path

    from composing.room import main

    what, description, folder, preset = sys.argv[1:]
    asyncio.run(main(what, Path(description), Path(folder), preset))

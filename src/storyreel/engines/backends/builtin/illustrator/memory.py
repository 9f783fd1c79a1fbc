"""Memory: what a drawing needed for a moment goes back to the system."""

import ctypes


def give_back() -> None:
    """Hand back what is free. glibc keeps it in case of need: half as much again as a scene in motion holds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
    if trim is not None:
        trim(0)

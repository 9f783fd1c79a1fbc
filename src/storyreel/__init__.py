"""Storyreel: give it a story, get a film."""

__version__ = "0.1.0"

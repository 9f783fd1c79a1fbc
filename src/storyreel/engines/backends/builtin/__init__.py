"""Planner, illustrator, voice and motion that need no key, no weights and no network."""

"""Puppets: people and animals drawn from parameters, so that the same one looks the same in every shot."""

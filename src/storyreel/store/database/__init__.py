"""Rows: what users want (projects, shots) and what happened (tasks, versions, events)."""

"""The sound of a film: planned, mixed and encoded in parts, spliced into one track."""

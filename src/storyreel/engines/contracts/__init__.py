"""What the pipeline asks of an engine: one protocol, request and result per kind of work."""

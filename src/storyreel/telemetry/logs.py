"""How log records are written: as text or as a JSON object a line, with request and task, and without secrets."""

import json
import logging
from datetime import UTC, datetime

from storyreel.telemetry.about import request_id, task_id
from storyreel.telemetry.redaction import redacted


class Text(logging.Formatter):
    """A line for people; `(request …, task …)` ends it where there is one."""

    def __init__(self, layout: str = "%(asctime)s %(levelname)s %(name)s: %(message)s") -> None:
        super().__init__(layout)

    def formatMessage(self, record: logging.LogRecord) -> str:
        subjects = [
            f"{name} {value}" for name, value in (("request", request_id.get()), ("task", task_id.get())) if value
        ]
        line = super().formatMessage(record)
        return f"{line} ({', '.join(subjects)})" if subjects else line

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class Json(logging.Formatter):
    """An object a line: time, level, logger, message; request_id, task_id, exception where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            "task_id": task_id.get(),
            "exception": self.formatException(record.exc_info) if record.exc_info else "",
        }
        # Hidden before it is escaped: a secret may hold a quotation mark.
        return json.dumps({name: redacted(value) for name, value in told.items() if value}, ensure_ascii=False)

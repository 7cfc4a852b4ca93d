"""Log records: the ids that join them, and the two forms in which they are written.

Every module logs to `logging.getLogger(__name__)`, which is a child of the logger `prover_arb`. The
ids of a record say to what it belongs: the run, the theorem, the purchase, the order. They travel
with the context in which the program works, so that no function hands them on:

    with log_ids(run="r1", theorem="imo_1959_p1"):
        log.info("the attempt begins")  # carries both ids, as does all that is called from here

What stands in a log is meant to be read by others: no key and no customer's token is ever logged.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

LOGGER = "prover_arb"

Ids = Mapping[str, str | int]

_ids: ContextVar[Ids] = ContextVar("log_ids")


@contextmanager
def log_ids(**ids: str | int) -> Iterator[None]:
    """Every record that is logged inside carries these ids, beside those that it carried before."""
    token = _ids.set(with_ids(**ids)["ids"])
    try:
        yield
    finally:
        _ids.reset(token)


def current_ids() -> dict[str, str | int]:
    """Returns the ids that a record would carry here."""
    return dict(_ids.get({}))


def with_ids(**ids: str | int) -> dict[str, Ids]:
    """Returns the `extra` of one record that carries `ids` beside those of its context."""
    return {"ids": current_ids() | ids}


def ids_of(record: logging.LogRecord) -> Ids:
    """Returns the ids that a record carries: its own, or those of the context that logs it."""
    ids: Ids = getattr(record, "ids", None) or current_ids()
    return ids


class JsonForm(logging.Formatter):
    """One JSON object per record: time, level, logger, message, the ids, and an error's traceback.

    The line is plain ASCII, so that it shows every character that it holds.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str | int] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps({**ids_of(record), **line})


class TextForm(logging.Formatter):
    """One line per record, such as `12:30:01 INFO purchase 3 is judged [run=r1 theorem=t]`."""

    default_time_format = "%H:%M:%S"
    default_msec_format = None

    def format(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={value}" for name, value in ids_of(record).items())
        line = f"{self.formatTime(record)} {record.levelname} {record.getMessage()}"
        line += f" [{ids}]" if ids else ""
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class StderrHandler(logging.Handler):
    """Writes records to whatever standard error is at that moment: a progress bar replaces it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 (as every handler: a log that fails stops no program)
            self.handleError(record)


def write_logs(level: int, form: logging.Formatter) -> None:
    """Has this process write the records of `prover_arb` from `level` on to standard error.

    A second call replaces what the first one set.
    """
    logger = logging.getLogger(LOGGER)
    for handler in [h for h in logger.handlers if isinstance(h, StderrHandler)]:
        logger.removeHandler(handler)
    written = StderrHandler(level)
    written.setFormatter(form)
    logger.addHandler(written)
    # Warnings are let through anyway; a level of the logger's own would hide more from others.
    logger.setLevel(level if level < logging.WARNING else logging.NOTSET)


def announce(message: str) -> None:
    """Writes to standard error what a user waits for, such as the address of a service.

    It is written at every level: as a JSON object where the log has that form, else as it is.
    """
    form = _form()
    if isinstance(form, JsonForm):
        fields = {"name": LOGGER, "levelno": logging.INFO, "levelname": "INFO", "msg": message}
        message = form.format(logging.makeLogRecord(fields))
    print(message, file=sys.stderr, flush=True)


def write_warnings_of(library: str) -> None:
    """Has a library whose logger writes by itself write warnings and errors only, in our form."""
    logger = logging.getLogger(library)
    logger.setLevel(logging.WARNING)
    for handler in logger.handlers:
        handler.setFormatter(_form())


def _form() -> logging.Formatter | None:
    """Returns the form in which this process writes records; None if it writes none."""
    handlers = logging.getLogger(LOGGER).handlers
    return next((h.formatter for h in handlers if isinstance(h, StderrHandler)), None)


def record_of(line: str) -> logging.LogRecord | None:
    """Returns the record that `JsonForm` wrote as this line; None for any other line."""
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
        name, level, message = (fields.pop(key) for key in ("logger", "level", "message"))
        created = datetime.fromisoformat(fields.pop("time")).timestamp()
        levelno = logging.getLevelNamesMapping()[level]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if str(name).partition(".")[0] != LOGGER:
        return None
    if "error" in fields:
        message = f"{message}\n{fields.pop('error')}"
    return logging.makeLogRecord(
        {
            "name": name,
            "levelno": levelno,
            "levelname": level,
            "msg": str(message),
            "created": created,
            "ids": fields,
        }
    )

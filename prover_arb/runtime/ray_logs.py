"""The log of Ray's workers reaches the program that started them.

A worker writes its records as JSON lines on standard error, which Ray brings to the driver. There
they become records again, so the driver's own options decide what is shown and in which form.
Everything else that workers print is shown at level DEBUG, and nothing on standard output, which
may hold JSON for another program.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ray._private import worker as ray_worker
from ray._private.ray_logging import global_worker_stdstream_dispatcher as dispatcher

from prover_arb.core.logs import LOGGER, JsonForm, record_of, write_logs

log = logging.getLogger(__name__)

_RAYS_PRINTER = "ray_print_logs"
_OUR_HANDLER = "prover_arb_logs"
_END = logging.getLogger(f"{LOGGER}.end_of_log")
"""Its records are marks: what was logged before one has arrived when the mark arrives."""
_LAST_WORDS_SECONDS = 2.0

_marks: dict[str, threading.Semaphore] = {}


def receive_logs() -> None:
    """Has this program, which just connected to Ray, log what its workers log.

    Ray itself would print that on standard output, and its own notices of dead workers too, which
    we notice ourselves.
    """
    ray_worker._worker_logs_enabled = False  # type: ignore[attr-defined,unused-ignore]
    dispatcher.remove_handler(_OUR_HANDLER)
    dispatcher.remove_handler(_RAYS_PRINTER)
    dispatcher.add_handler(_OUR_HANDLER, _receive)


def _receives_logs() -> bool:
    return any(name == _OUR_HANDLER for name, _ in dispatcher.handlers)


def log_level() -> int:
    """Returns the level from which on this process logs; workers are started with it."""
    return logging.getLogger(LOGGER).getEffectiveLevel()


def log_as_worker(level: int) -> None:
    """Has this process, a worker of Ray's, write its log for the driver to read."""
    write_logs(level, JsonForm())


async def receive_last_words(actors: Sequence[Callable[[str], Awaitable[None]]]) -> None:
    """Waits until all that these actors have logged is here, two seconds at most.

    Each of `actors` has one of them mark the end of its log with the text that it is given.

    An actor that is gone has nothing more to say. A process that does not receive logs waits for
    nothing.
    """
    if not _receives_logs():
        return
    mark = uuid.uuid4().hex
    arrived = _marks[mark] = threading.Semaphore(0)
    try:
        async with asyncio.timeout(_LAST_WORDS_SECONDS):
            marks = (end_log(mark) for end_log in actors)
            ended = await asyncio.gather(*marks, return_exceptions=True)
            for error in ended:
                if error is None:
                    await asyncio.to_thread(arrived.acquire, timeout=_LAST_WORDS_SECONDS)
    except TimeoutError:
        log.debug("some of the workers' last log records did not arrive")
    finally:
        del _marks[mark]


def write_mark(mark: str) -> None:
    """Marks the end of what this worker has logged so far."""
    _END.critical(mark)


def _receive(batch: dict[str, Any]) -> None:
    """Logs lines that some worker printed; called by Ray, in a thread of its own."""
    for line in batch["lines"]:
        record = record_of(line) if batch["is_err"] else None
        if record is None:
            log.debug("process %s printed: %s", batch["pid"], line)
        elif record.name == _END.name:
            if arrived := _marks.get(record.getMessage()):
                arrived.release()
        else:
            logger = logging.getLogger(record.name)
            if logger.isEnabledFor(record.levelno):
                logger.handle(record)

"""Answers that are lines of JSON, each sent as soon as it is there."""

from __future__ import annotations

from fastapi.responses import StreamingResponse

LINES = "application/x-ndjson"


class LinesResponse(StreamingResponse):
    """A stream of lines, each a JSON object."""

    media_type = LINES

"""A process in the place of an embedded Lean, which says what the candidate's text tells it to.

The text is JSON: {"say": [...], "then": ...}. Every `$ID` in a line is replaced by the request's.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    out = sys.stdout.buffer
    out.write(b'{"ready":true,"memory":1}\n')
    out.flush()
    for line in sys.stdin:
        request = json.loads(line)
        told = {"say": ['{"id":"$ID","reply":{"status":"ok"}}'], "then": ""}
        if "candidate" in request:
            told = json.loads(request["candidate"]["text"])
        for said in told["say"]:
            text = str(said).replace("$ID", request["id"])
            out.write(text.encode("utf-8", "surrogatepass") + b"\n")
        out.flush()
        if told["then"] == "flood":
            while True:
                out.write(b"x" * 1_000_000)
        elif told["then"] == "sleep":
            time.sleep(60)
        elif told["then"] == "end":
            os._exit(0)
        elif told["then"] == "kill":
            os.kill(os.getpid(), 9)


if __name__ == "__main__":
    main()

"""A trial of the tree as it stands: some work in a process of its own, forked from this one, which has imported nothing of the
package.  In: what to do there.  Out: what it returned, or how it died.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.mutant import Tree


@dataclass(frozen=True, slots=True)
class Outcome:
    result: Any                         # what the work returned; None if it did not come to that
    ending: str                         # "", "timeout", or how the process died
    seconds: float


def apart(tree: Tree, work: Callable[[], Any], timeout: float, log: Path) -> Outcome:
    """`work()` in a process that imports the tree; what it returns goes through JSON, what it prints to `log`."""
    assert not any(name.split(".")[0] == "wengert" for name in sys.modules), "the parent must stay clean"
    start = time.monotonic()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(tree, work, writer, log)
    os.close(writer)
    os.set_blocking(reader, False)
    ending, text = "", b""
    while True:
        text += _drained(reader)
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - start > timeout:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            ending, status = "timeout", 0
            break
        time.sleep(0.02)
    text += _drained(reader)
    os.close(reader)
    if status:
        ending = f"died with status {status}"
    return Outcome(json.loads(text) if text and not ending else None, ending, time.monotonic() - start)


def _drained(reader: int) -> bytes:
    text = b""
    try:
        while more := os.read(reader, 1 << 16):
            text += more
    except BlockingIOError:
        pass
    return text


def _child(tree: Tree, work: Callable[[], Any], writer: int, log: Path) -> None:
    status = 1
    try:
        os.setpgid(0, 0)
        out = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        tree.enter()
        with os.fdopen(writer, "w") as pipe:
            json.dump(work(), pipe)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

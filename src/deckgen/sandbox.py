"""Run one function in a child process, with limits of time, memory and output.

For what comes from somebody's project and is a program: Jinja2 faces and Typst layouts. The child gets the
function's name and a JSON payload on standard input and answers with JSON; nothing it returns is ever
executed or unpickled. It knows nothing of what it runs.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deckgen.diagnostics import DeckgenError

MEBIBYTE = 1024 * 1024
Json = object


class SandboxError(Exception):
    """The child failed or overstepped a limit; the message says which, in words for the author."""


def call(function: str, payload: Json, *, seconds: float, memory: int, output: int = 64 * MEBIBYTE) -> Json:
    """Call `function` ("package.module:name") with `payload` in a child process.

    `payload` and the result are JSON values. `seconds` is wall time; `memory` and `output` are bytes
    (memory is enforced where the system has `setrlimit`, that is not on Windows).
    Raises SandboxError when the function raises ValueError, or a limit is passed.
    """
    with tempfile.TemporaryDirectory(prefix="deckgen-") as folder:
        request = json.dumps({"function": function, "payload": payload, "memory": memory, "output": output})
        # No inherited variables but those Python and the temp folder need: the child has no business with others.
        kept = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(str(Path(each).resolve()) for each in sys.path if each)
        try:
            done = subprocess.run(
                [sys.executable, "-c", "from deckgen.sandbox import serve; serve()"],
                input=request.encode(),
                capture_output=True,
                timeout=seconds,
                check=False,
                cwd=folder,
                env=environment | {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            )
        except subprocess.TimeoutExpired:
            raise SandboxError(f"it ran longer than {seconds:g} seconds") from None
        except OSError as error:
            raise DeckgenError(f"cannot start a child process: {error.strerror}") from error
    return _answer(done.returncode, done.stdout, done.stderr.decode(errors="replace"), output)


def _answer(status: int, answer: bytes, complaint: str, limit: int) -> Json:
    if len(answer) > limit:
        raise SandboxError(f"it wrote more than {limit // MEBIBYTE} MiB")
    try:
        reply = json.loads(answer)
    except ValueError:
        # Python and Rust say so when they run out of memory; Rust then aborts, which is a signal (a negative status).
        if status > 0 and "MemoryError" not in complaint:
            raise RuntimeError(f"the child process failed: {complaint.strip()[-2000:]}") from None
        raise SandboxError("it needed too much memory") from None
    if "error" in reply:
        raise SandboxError(str(reply["error"]))
    result: Json = reply["result"]
    return result


def serve() -> None:
    """The child's side: one request from standard input, one answer to standard output."""
    request = json.load(sys.stdin)
    _limit_memory(request["memory"])
    module, _, name = request["function"].partition(":")
    try:
        result = getattr(importlib.import_module(module), name)(request["payload"])
        answer = json.dumps({"result": result})
        if len(answer) > request["output"]:
            answer = json.dumps({"error": f"it wrote more than {request['output'] // MEBIBYTE} MiB"})
    except MemoryError:
        answer = json.dumps({"error": f"it needed more than {request['memory'] // MEBIBYTE} MiB of memory"})
    except ValueError as error:
        answer = json.dumps({"error": str(error)})
    sys.stdout.write(answer)


def _limit_memory(size: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses; time and output are limited all the same
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

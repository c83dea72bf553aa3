"""Run one function in a child process, with limits of time, memory and output.

For what comes from somebody's project and is a program: Jinja2 faces, texts of tables, Typst layouts. The child gets the
function's name and a JSON payload on standard input and answers with JSON; nothing it returns is ever
executed or unpickled. It knows nothing of what it runs.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from deckgen.diagnostics import DeckgenError

MEBIBYTE = 1024 * 1024
PATIENCE = 4  # times as long on the clock as on the processor
PROGRESS = "deckgen-progress "
Json = object


class SandboxError(Exception):
    """The child failed or overstepped a limit; the message says which, in words for the author.

    `progress` is what the child said last of how far it had come, "" if nothing.
    """

    def __init__(self, message: str, progress: str = "") -> None:
        super().__init__(message)
        self.progress = progress


def call(function: str, payload: Json, *, seconds: float, memory: int, output: int = 64 * MEBIBYTE) -> Json:
    """Call `function` ("package.module:name") with `payload` in a child process.

    `payload` and the result are JSON values. `seconds` is the time of the processor, so that a busy machine decides
    nothing; on the clock the child may take four times as long. `memory` and `output` are bytes. (Time of the
    processor and memory are limited where the system has `setrlimit`, that is not on Windows.)
    Raises SandboxError when the function raises ValueError, or a limit is passed.
    """
    with tempfile.TemporaryDirectory(prefix="deckgen-") as folder:
        limits = {"seconds": math.ceil(seconds), "memory": memory, "output": output}
        request = json.dumps({"function": function, "payload": payload, **limits})
        # No inherited variables but those Python and the temp folder need: the child has no business with others.
        kept = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(str(Path(each).resolve()) for each in sys.path if each)
        try:
            done = subprocess.run(
                [sys.executable, "-c", "from deckgen.sandbox import serve; serve()"],
                input=request.encode(),
                capture_output=True,
                timeout=PATIENCE * seconds,
                check=False,
                cwd=folder,
                env=environment | {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            )
        except subprocess.TimeoutExpired as late:
            raise SandboxError(f"it ran longer than {seconds:g} seconds", _progress(late.stderr or b"")) from None
        except OSError as error:
            raise DeckgenError(f"cannot start a child process: {error.strerror}") from error
    if done.returncode < 0 and -done.returncode == getattr(signal, "SIGXCPU", None):
        raise SandboxError(f"it ran longer than {seconds:g} seconds", _progress(done.stderr))
    return _answer(done.returncode, done.stdout, done.stderr, output)


def _progress(stderr: bytes) -> str:
    said = [line for line in stderr.decode(errors="replace").splitlines() if line.startswith(PROGRESS)]
    return said[-1].removeprefix(PROGRESS) if said else ""


def _answer(status: int, answer: bytes, stderr: bytes, limit: int) -> Json:
    progress, complaint = _progress(stderr), stderr.decode(errors="replace")
    if len(answer) > limit:
        raise SandboxError(f"it wrote more than {limit // MEBIBYTE} MiB", progress)
    try:
        reply = json.loads(answer)
    except ValueError:
        # Python and Rust say so when they run out of memory; Rust then aborts, which is a signal (a negative status).
        if status > 0 and "MemoryError" not in complaint:
            raise RuntimeError(f"the child process failed: {complaint.strip()[-2000:]}") from None
        raise SandboxError("it needed too much memory", progress) from None
    if "error" in reply:
        raise SandboxError(str(reply["error"]), progress)
    result: Json = reply["result"]
    return result


def serve() -> None:
    """The child's side: one request from standard input, one answer to standard output."""
    request = json.load(sys.stdin)
    _limit(request["seconds"], request["memory"])
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


def progress(where: str) -> None:
    """In the child: say how far it has come, on one line; what it said last is known when a limit stops it."""
    sys.stderr.write(f"{PROGRESS}{where}\n")
    sys.stderr.flush()


def _limit(seconds: int, size: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses; time and output are limited all the same
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))
    for kind, limit in ((resource.RLIMIT_CORE, (0, 0)), (resource.RLIMIT_CPU, (seconds, seconds + 1))):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, limit)

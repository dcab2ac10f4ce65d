"""A fresh interpreter that imports what this one can, and takes nothing else over."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MALLOC_ARENA_MAX": "1",
}
BOOT = "import sys; n = int(sys.argv[1]); sys.path += [p for p in sys.argv[2:2 + n] if p not in sys.path]; {code}"


def start(
    code: str, *arguments: str, errors: IO[bytes] | int = subprocess.DEVNULL, kept: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Run `code` in a fresh interpreter with pipes to its input and output, and `arguments` as `sys.argv[1:]`.

    It looks for modules where this process does, except in relative places: nothing is imported from a folder
    because somebody stands in it. The standard library always comes first. It has one locale, one time zone, one
    hash seed, no thread pools, and a session of its own. `kept` names variables of the environment that it gets too.
    """
    paths = [path for path in sys.path if Path(path).is_absolute()]
    boot = BOOT.format(code=f"sys.argv[1:] = sys.argv[2 + n:]; {code}")
    return subprocess.Popen(  # noqa: S603 - this interpreter, and code of this package
        [sys.executable, "-s", "-S", "-P", "-c", boot, str(len(paths)), *paths, *arguments],
        env={name: os.environ[name] for name in (*KEPT, *kept) if name in os.environ} | FIXED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=os.sep,
        start_new_session=True,
    )

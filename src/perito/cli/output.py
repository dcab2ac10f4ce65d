"""Standard output that somebody may stop reading, as `| head` does: the exit code is that of the work all the same."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unless_closed() -> Iterator[None]:
    """Give up showing where nobody reads any more; rich tells of that by SystemExit, click by BrokenPipeError.

    Else the exit code would be 1, which says that findings need attention.
    """
    try:
        yield
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)  # what is still held back goes nowhere when Python ends
        os.close(nowhere)

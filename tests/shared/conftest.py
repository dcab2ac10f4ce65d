"""Where the real material lies: it is never part of the repository; without it these tests are skipped."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared material: `PERITO_SHARED`, else `../shared` beside the repository."""
    folder = Path(os.environ.get("PERITO_SHARED", Path(__file__).parents[3] / "shared"))
    if not (folder / "corpus").is_dir():
        pytest.skip("no shared material here (set PERITO_SHARED)")
    return folder

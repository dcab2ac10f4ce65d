"""Where the published indicators lie, for the tests that try every one of them."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared material: `PERITO_SHARED`, else `../shared` beside the repository."""
    folder = Path(os.environ.get("PERITO_SHARED", Path(__file__).parents[3] / "shared"))
    if not (folder / "indicators").is_dir():
        pytest.skip("no shared indicators here (set PERITO_SHARED)")
    return folder

"""One pool for all tests of sources: its workers are forked from a host that has imported them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from perito.base.pool import Pool
from perito.sources.open import open_source
from perito.sources.source import Source

Open = Callable[..., Source]


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    with Pool(jobs=2, preload=("perito.sources.manifest_worker", "perito.sources.archive_worker")) as pool:
        yield pool


@pytest.fixture
def opened(pool: Pool, tmp_path: Path) -> Iterator[Open]:
    """Opens a source with a scratch folder of its own, and closes it after the test."""
    sources: list[Source] = []

    def open_it(path: Path, password: str | None = None, **others: object) -> Source:
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        asked = None if password is None else lambda: password
        sources.append(open_source(path, password=asked, scratch=scratch, pool=pool, **others))
        return sources[-1]

    yield open_it
    for source in sources:
        source.close()

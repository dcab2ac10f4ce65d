"""A cluster that all tests use which do not harm it."""

from collections.abc import Callable, Iterator

import pytest

from tests.runners.cluster import Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, once: Callable[[str], None]) -> Iterator[Cluster]:
    once("cluster")
    with Cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made

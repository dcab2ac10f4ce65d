"""What every test shares: a fixed seed for properties, and where the real material lies."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.many.acquisitions import alone, evidence

__all__ = ["alone", "evidence"]
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", deadline=None, max_examples=20_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("PERITO_HYPOTHESIS", "ci"))
os.environ["PERITO_DATA"] = "/nonexistent/perito"  # no test uses the indicators that the developer has installed


@pytest.fixture(autouse=True)
def _note_real_material(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    if "shared" in request.fixturenames:
        record_property("real material", value=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many tests ran on real material: none of it is in the repository."""
    ran = {state: _on_real_material(terminalreporter, state) for state in ("passed", "failed", "skipped")}
    terminalreporter.write_line(
        "tests on real material: " + ", ".join(f"{count} {state}" for state, count in ran.items())
    )


def _on_real_material(terminalreporter: Any, state: str) -> int:
    reports = terminalreporter.stats.get(state, [])
    return sum(("real material", True) in getattr(report, "user_properties", []) for report in reports)


TOGETHER = (
    ("tests/many/", "tests/runners/"),
    ("tests/test_examine.py",),
    ("tests/hunt/",),
    ("tests/report/",),
)
"""What shares a costly set-up, by how the names of its files begin; each goes to one process, and before all others."""


def scope(test: str) -> str:
    """Return what a test shares its process with: the first name of its group, else itself."""
    return next((group[0] for group in TOGETHER if test.startswith(group)), test)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Hand out groups whole. The mark `xdist_group` of pytest-xdist 3.8 does nothing under pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope(nodeid)

    return Groups(config, log)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Fail where another process of this run has set up the same: it was not handed out as a group."""

    def begun(what: str) -> None:
        if "PYTEST_XDIST_WORKER" in os.environ:
            (tmp_path_factory.getbasetemp().parent / f"{what} is set up").touch(exist_ok=False)

    return begun

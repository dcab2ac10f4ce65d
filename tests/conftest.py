"""What every test shares: a fixed seed for properties, and where the real material lies."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

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

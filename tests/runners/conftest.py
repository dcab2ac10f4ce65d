"""The acquisitions of tests/many, here too."""

from tests.many.conftest import alone, evidence

__all__ = ["alone", "evidence"]

"""PARSE: known files into records, in a confined worker process; what could not be read is told, never dropped."""

from perito.artifacts.declare import artifact

__all__ = ["artifact"]

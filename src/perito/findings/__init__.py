"""FINDINGS: graded claims, each with the records it rests on, and the verdict that follows from them."""

from perito.findings.finding import GRADES, Finding, Place

__all__ = ["GRADES", "Finding", "Place"]

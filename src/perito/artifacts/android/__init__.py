"""Artifacts of Android phones."""

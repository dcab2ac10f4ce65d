"""Artifacts of iPhones and iPads."""

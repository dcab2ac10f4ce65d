"""Benchmarks, and the generators they run on; never timed tests."""

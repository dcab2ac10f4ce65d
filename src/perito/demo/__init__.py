"""Invented phones: backups of people who do not exist, for `make demo`, for tests and for benchmarks."""

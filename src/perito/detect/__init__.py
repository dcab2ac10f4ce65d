"""DETECT: tables of records and observables into findings. Nothing here opens evidence or parses it."""

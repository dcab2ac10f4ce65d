"""What the tests of the pool have its workers do."""

import os
import signal
import time

from perito.base import confine


def add(a, b):
    return a + b


def loop():
    while True:
        pass


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def fail(text):
    raise ValueError(text)


def bomb():
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


def die(number):
    os.kill(os.getpid(), number)
    signal.pause()


def partial():
    """Count until told to stop; hand over the count."""
    rows = 0
    try:
        while True:
            rows += 1
    except confine.OutOfTime as told:
        return {"rows": rows, "status": "timed out", "told": str(told)}


def parquet(place):
    """Write and read back compressed Parquet with Arrow's own threads."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"n": list(range(200_000)), "t": [str(n % 999) for n in range(200_000)]})
    pq.write_table(table, place, compression="zstd")
    back = pq.read_table(place, use_threads=True)
    return [back.num_rows, back["t"][199_999].as_py()]


def sqlite_standard(database):
    import sqlite3

    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT text FROM message ORDER BY text DESC").fetchall()


def sqlite_arrow(database):
    import adbc_driver_sqlite.dbapi

    with adbc_driver_sqlite.dbapi.connect(f"file:{database}?mode=ro") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT text FROM message ORDER BY text DESC")
        return cursor.fetch_arrow_table()["text"].to_pylist()


def tried(*steps):
    """Return what each attempt led to: its value, or the type of its error."""
    found = {}
    for name, step in steps:
        try:
            found[name] = step()
        except (OSError, RuntimeError) as error:
            found[name] = type(error).__name__
    return found

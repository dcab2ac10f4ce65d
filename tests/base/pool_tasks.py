"""What the tests of the pool and of the confinement have their workers do."""

import ctypes
import mmap
import os
import signal
import threading
import time
from pathlib import Path

from perito.base import confine, frames
from perito.base.pool_child import REPLY


def add(a, b):
    return a + b


def environment():
    return {
        "zone": time.tzname[0],
        "hash": hash("perito"),
        "umask": os.umask(0o077),
        "folder": str(Path.cwd()),
        "names": sorted(name for name in os.environ if "SECRET" in name),
        "descriptors": sorted(number for number in range(64) if _is_open(number)),
        "group": os.getpgrp() == os.getpid(),
    }


def _is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def fail(text):
    raise ValueError(text)


def leave():
    raise SystemExit(7)


def not_json():
    return {1, 2}


def shout(text):
    os.write(1, text.encode())
    os.write(2, text.encode())
    return "said"


# time


def loop():
    while True:
        pass


def stubborn():
    """Go on whatever is raised."""
    while True:
        try:
            loop()
        except BaseException:  # noqa: BLE001 - as a hostile parser would
            continue


def partial():
    """Count until told to stop; hand over the count."""
    rows = 0
    try:
        while True:
            rows += 1
            confine.report(rows)
    except confine.OutOfTime as told:
        return {"rows": rows, "told": str(told)}


def settled(seconds):
    """Write down for longer than the soft limit, undisturbed."""
    try:
        confine.settle()
    except confine.OutOfTime:
        return "too early"
    time.sleep(seconds)
    return "written"


def undisturbed(seconds):
    """Be told only at the end of what must be whole."""
    done = []
    try:
        with confine.undisturbed():
            time.sleep(seconds)
            done.append("whole")
        done.append("after")
    except confine.OutOfTime:
        done.append("told")
    return done


# memory


def bomb():
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


def arrow_bomb():
    import pyarrow as pa

    kept = []
    while True:
        kept.append(pa.allocate_buffer(1 << 26))


def use(size):
    return len(bytearray(size))


def mapped(place):
    with Path(place).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return len(view)


# ends


def die(number):
    os.kill(os.getpid(), number)
    time.sleep(10)


def crash():
    ctypes.string_at(1)


def end_silently(code):
    os._exit(code)


def close_pipe():
    os.close(REPLY)
    time.sleep(10)


def write_raw(text):
    os.write(REPLY, text.encode("latin-1"))
    time.sleep(10)


def lie(kind, text):
    """Send a final frame of one's own."""
    frames.write(REPLY, frames.packed(kind.encode(), 77, text.encode()))
    time.sleep(10)


def nested(depth):
    lie("D", "[" * depth)


def flood():
    """Report without end."""
    while True:
        frames.write(REPLY, frames.packed(frames.PROGRESS, 0, bytes(8)))


def huge(size):
    return "x" * size


def kill_host():
    """Do to the host what confinement forbids, if it does not."""
    os.kill(os.getppid(), signal.SIGKILL)
    return "killed"


def leave_behind(place):
    """Leave a process that escaped its session, and tell its id."""
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(REPLY)
        while True:
            time.sleep(1)
    Path(place, "pid").write_text(str(child))
    return child


# confinement


def errors(**named):
    """Return the type of error that each thing ends with, or its value."""
    found = {}
    for name, path in named.items():
        try:
            found[name] = TRIES[name.partition("_")[0]](path)
        except OSError as error:
            found[name] = type(error).__name__
    return found


def _overwrite(path):
    with Path(path).open("r+b") as file:
        file.write(b"changed")


def _cut(path):
    os.truncate(path, 0)


def _append(path):
    with Path(path).open("ab") as file:
        file.write(b"more")


def _map(path):
    with Path(path).open("r+b") as file:
        mmap.mmap(file.fileno(), 0)[:1] = b"x"


def _socket(family):
    import socket

    socket.socket(getattr(socket, family)).close()
    return "made"


def _pair(_):
    import socket

    socket.socketpair()
    return "made"


def _exec(path):
    os.execv(path, [path])


def _spawn(path):
    return os.posix_spawn(path, [path], {})


def _fork(_):
    child = os.fork()
    if child == 0:
        os._exit(0)
    return "forked"


def _kill(_):
    os.kill(os.getppid(), 0)
    return "could"


def _ptrace(_):
    if ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0) < 0:
        raise PermissionError
    return "attached"


def _thread(_):
    seen = []
    thread = threading.Thread(target=seen.append, args=("ran",))
    thread.start()
    thread.join()
    return seen[0]


def _status(_):
    return "readable" if Path("/proc/self/status").exists() and Path("/proc/self/environ").read_bytes() else "empty"


TRIES = {
    "read": lambda path: Path(path).read_text(),
    "list": os.listdir,
    "overwrite": _overwrite,
    "append": _append,
    "cut": _cut,
    "map": _map,
    "remove": os.unlink,
    "rename": lambda path: Path(path).rename(path + ".moved"),
    "chmod": lambda path: Path(path).chmod(0o777),
    "utime": lambda path: os.utime(path, (0, 0)),
    "xattr": lambda path: os.setxattr(path, "user.x", b"x"),
    "link": lambda path: Path(path).symlink_to("/etc/passwd"),
    "pipe": os.mkfifo,
    "write": lambda path: Path(path).write_text("written"),
    "socket": _socket,
    "pair": _pair,
    "exec": _exec,
    "spawn": _spawn,
    "fork": _fork,
    "kill": _kill,
    "ptrace": _ptrace,
    "thread": _thread,
    "proc": _status,
    "encode": lambda name: "é".encode(name).hex(),
}


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
        return [text for (text,) in connection.execute("SELECT text FROM message ORDER BY text DESC")]


def sqlite_arrow(database):
    import adbc_driver_sqlite.dbapi

    with adbc_driver_sqlite.dbapi.connect(f"file:{database}?mode=ro") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT text FROM message ORDER BY text DESC")
        return cursor.fetch_arrow_table()["text"].to_pylist()


def fill(place, size):
    try:
        Path(place).write_bytes(bytes(size))
    except OSError as error:
        return error.strerror
    return "written"


def open_many():
    files = []
    try:
        while True:
            files.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return len(files)


def sort(rows):
    """Sort more than the cache holds, in a database of its own."""
    import sqlite3

    with sqlite3.connect("sorted.db") as connection:
        connection.execute("PRAGMA cache_size = 10")
        connection.execute("CREATE TABLE t (n INTEGER, pad TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * 50) for n in range(rows)))
        return connection.execute("SELECT n FROM t ORDER BY pad, n DESC").fetchone()[0]


def core_limit():
    import resource

    return list(resource.getrlimit(resource.RLIMIT_CORE))


def status():
    """Return what the kernel says of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def _connect(port):
    import socket

    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


TRIES["connect"] = _connect

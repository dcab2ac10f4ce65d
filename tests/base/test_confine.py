"""What a confined process cannot do, each tried; where this kernel lacks a measure, its tests are skipped and say so."""

import os
import platform
import socket
import sqlite3
import struct
import sys
import time
from pathlib import Path

import pytest

from perito.base import confine, interpreter, landlock, probe, seccomp, syscalls
from perito.base.pool import Limits, Pool, Task

TASKS = "tests.base.pool_tasks:"
REFUSED = "PermissionError"
IN_FORCE = confine.available()
BOTH = pytest.mark.parametrize("fork", [True, False], ids=["forked", "fresh"])


def needs(part):
    told = IN_FORCE[part]
    short = any(words in told for words in (probe.NOT_HERE, "not refused", "could be", "could not"))
    return pytest.mark.skipif(short, reason=f"{part}: {told}")


def value(function, *, fork=True, readable=(), writable=(), limits=None, **arguments):
    one = Task(
        function, TASKS + function, arguments, tuple(map(str, readable)), tuple(map(str, writable)), limits or Limits()
    )
    with Pool(jobs=1, fork=fork) as pool:
        [found] = pool.run([one])
    assert (found.status, found.reason) == ("done", "")
    return found.value


@pytest.fixture
def evidence(tmp_path):
    file = tmp_path / "evidence" / "sms.db"
    file.parent.mkdir()
    file.write_text("what was handed over")
    file.chmod(0o600)
    (tmp_path / "scratch").mkdir()
    return file


@needs("network")
@BOTH
def test_no_socket_of_any_family(fork):
    found = value(
        "errors", fork=fork, socket_a="AF_INET", socket_b="AF_INET6", socket_c="AF_UNIX", socket_d="AF_NETLINK", pair=""
    )
    assert found == dict.fromkeys(found, REFUSED)


@needs("network")
def test_a_server_on_this_very_machine_is_not_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        assert value("errors", connect=server.getsockname()[1]) == {"connect": REFUSED}
        with pytest.raises(TimeoutError):
            server.accept()


@needs("programs")
@BOTH
def test_no_program_is_started(fork):
    found = value("errors", fork=fork, exec=sys.executable, spawn=sys.executable, exec_shell="/bin/sh")
    assert found == dict.fromkeys(found, REFUSED)


@needs("processes")
@BOTH
def test_no_process_is_started_but_threads_are(fork):
    found = value("errors", fork=fork, fork_one="", thread="")
    assert found["fork_one"] in {REFUSED, "BlockingIOError"}
    assert found["thread"] in {"ran", "RuntimeError"}


@needs("signals")
def test_no_other_process_is_signalled_or_traced():
    assert value("errors", kill="", ptrace="") == {"kill": REFUSED, "ptrace": REFUSED}


@needs("files")
@BOTH
def test_only_what_was_named_is_read(fork, evidence):
    other = evidence.with_name("other.db")
    other.write_text("somebody else's")
    found = value(
        "errors",
        fork=fork,
        readable=[evidence],
        read_named=str(evidence),
        read_sibling=str(other),
        read_users="/etc/passwd",
        list_folder=str(evidence.parent),
        list_root="/",
        read_environment="/proc/self/environ",
        read_absent=str(evidence.with_name("absent")),
    )
    assert found == {
        "read_named": "what was handed over",
        "read_sibling": REFUSED,
        "read_users": REFUSED,
        "list_folder": REFUSED,
        "list_root": REFUSED,
        "read_environment": REFUSED,
        "read_absent": "FileNotFoundError",
    }


@needs("files")
def test_a_readable_folder_is_read_with_all_under_it(evidence):
    found = value("errors", readable=[evidence.parent], read=str(evidence), list=str(evidence.parent))
    assert found == {"read": "what was handed over", "list": ["sms.db"]}


@needs("files")
def test_a_link_does_not_lead_out(evidence, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not evidence")
    (evidence.parent / "link").symlink_to(secret)
    assert value("errors", readable=[evidence.parent], read=str(evidence.parent / "link")) == {"read": REFUSED}


@needs("evidence")
@BOTH
def test_evidence_is_not_changed_by_its_owner(fork, evidence, tmp_path):
    before = evidence.stat()
    path = str(evidence)
    tries = ("overwrite", "append", "cut", "map", "remove", "rename", "chmod", "utime", "xattr")
    found = value(
        "errors", fork=fork, readable=[evidence.parent], writable=[tmp_path / "scratch"], **dict.fromkeys(tries, path)
    )
    assert found == dict.fromkeys(tries, REFUSED)
    assert evidence.read_text() == "what was handed over"
    after = evidence.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_ctime_ns) == (
        before.st_mode,
        before.st_mtime_ns,
        before.st_ctime_ns,
    )


@needs("evidence")
def test_nothing_is_made_beside_the_evidence(evidence):
    beside = str(evidence.with_name("new"))
    found = value("errors", readable=[evidence.parent], write=beside, link=beside, pipe=beside)
    assert found == dict.fromkeys(found, REFUSED)
    assert [path.name for path in evidence.parent.iterdir()] == ["sms.db"]


@needs("evidence")
def test_scratch_takes_files_for_the_owner_only_and_no_links_or_pipes(tmp_path):
    file = tmp_path / "new"
    found = value("errors", writable=[tmp_path], write=str(file), link=str(tmp_path / "l"), pipe=str(tmp_path / "p"))
    assert found == {"write": 7, "link": REFUSED, "pipe": REFUSED}
    assert file.read_text() == "written"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_ends_at_its_limit(tmp_path):
    limits = Limits(file_bytes=1000)
    assert value("fill", writable=[tmp_path], limits=limits, place=str(tmp_path / "f"), size=1001) == "File too large"
    assert (tmp_path / "f").stat().st_size == 1000


def test_open_files_end_at_their_limit():
    assert value("open_many", limits=Limits(open_files=32)) < 32


def test_no_core_is_dumped():
    assert value("core_limit") == [0, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="the powers of Linux")
def test_powers_are_given_up_and_none_can_be_gained():
    read_any, write_any = 1 << 2, 1 << 1
    found = value("status", readable=["/proc"])
    assert int(found["CapPrm"], 16) & ~(read_any | write_any) == 0
    assert int(found["CapEff"], 16) & ~(read_any | write_any) == 0
    assert int(found["CapInh"], 16) == 0
    assert found["NoNewPrivs"] == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc of Linux")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root looks into every process")
def test_nobody_looks_into_a_worker():
    with Pool(jobs=1) as pool:
        list(pool.run([Task("warm", TASKS + "add", {"a": 1, "b": 1})]))
        pool._engine.start(9, Task("sleep", TASKS + "sleep", {"seconds": 20}))
        host = pool._engine.host.pid
        workers: list[str] = []
        while not workers:
            time.sleep(0.2)
            workers = Path(f"/proc/{host}/task/{host}/children").read_text().split()
        with pytest.raises(PermissionError):
            Path(f"/proc/{workers[0]}/environ").read_bytes()


def test_arrow_writes_and_reads_under_full_confinement(tmp_path):
    assert value("parquet", writable=[tmp_path], place=str(tmp_path / "t.parquet")) == [200_000, "199"]


@pytest.mark.parametrize("reader", ["sqlite_standard", "sqlite_arrow"])
@BOTH
def test_databases_are_read_under_full_confinement(fork, reader, evidence, tmp_path):
    evidence.unlink()
    with sqlite3.connect(evidence) as connection:
        connection.execute("CREATE TABLE message (text TEXT)")
        connection.executemany("INSERT INTO message VALUES (?)", [("a",), ("b",)])
    connection.close()
    evidence.chmod(0o400)
    found = value(reader, fork=fork, readable=[evidence], writable=[tmp_path / "scratch"], database=str(evidence))
    assert found == ["b", "a"]


def test_a_large_sort_finds_a_place_for_its_temporary_files(tmp_path):
    assert value("sort", writable=[tmp_path], rows=200_000) == 199_999


def test_codecs_are_found_that_were_not_imported():
    assert value("errors", encode_a="cp1250", encode_b="utf-16-le") == {"encode_a": "e9", "encode_b": "e900"}


@pytest.mark.parametrize("missing", ["seccomp", "landlock", "namespaces"])
def test_each_measure_stands_alone(missing):
    """With any one of them gone the network is still out of reach, or the answer is honest."""
    names = {"seccomp": "seccomp.restrict", "landlock": "landlock.restrict", "namespaces": "kernel.separate"}
    found = available_without(names[missing])
    assert set(found) == {"network", "files", "evidence", "processes", "signals", "memory", "programs"}
    if all("not enforced" not in told for told in IN_FORCE.values()):
        assert found["network"].startswith("unreachable")
        assert found["files"].startswith("not enforced") == (missing == "landlock")
        assert found["evidence"].startswith("not enforced") == (missing == "landlock")
        assert found["programs"].startswith("none")
        said = {"namespaces": "its own empty network"}.get(missing, missing)
        assert said in " ".join(IN_FORCE.values())
        assert said not in " ".join(found.values())


def test_with_none_of_them_the_answer_is_that_nothing_is_enforced():
    found = available_without("seccomp.restrict", "landlock.restrict", "kernel.separate")
    for part in ("network", "files", "evidence", "signals", "programs"):
        assert found[part].startswith(probe.NOT_HERE)


def available_without(*names):
    import json
    import tempfile

    code = "from perito.base import seccomp, landlock, kernel, probe;"
    code += "".join(f"{name} = lambda *_: False;" for name in names) + "probe.main(*sys.argv[1:])"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("evidence", "secret"):
            Path(folder, name).write_text(name)
        Path(folder, "scratch").mkdir()
        with interpreter.start(code, folder) as process:
            said, _ = process.communicate()
    return {key: told for line in said.splitlines() for key, told in json.loads(line).items()}


def test_reports_and_settling_outside_a_worker_do_nothing():
    confine.report(1)
    confine.settle()
    with confine.undisturbed():
        pass


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root reads what others keep to themselves"
)
@BOTH
def test_root_still_reads_the_evidence_of_somebody_else(fork, evidence, tmp_path):
    os.chown(evidence, 12_345, 12_345)
    evidence.parent.chmod(0o700)
    os.chown(evidence.parent, 12_345, 12_345)
    os.chown(tmp_path / "scratch", 12_345, 12_345)
    (tmp_path / "scratch").chmod(0o700)
    made = str(tmp_path / "scratch" / "made")
    found = value(
        "errors",
        fork=fork,
        readable=[evidence],
        writable=[tmp_path / "scratch"],
        read=str(evidence),
        write=made,
        overwrite=str(evidence),
    )
    assert found["read"] == "what was handed over"
    assert found["overwrite"] == REFUSED
    if "landlock" in IN_FORCE["evidence"]:
        assert found["write"] == 7


# the filter itself, run by hand: the kernel that tests run on is one of several


def decide(column, machine, number, argument=0, *, arch=None):
    """Run the filter of a machine as the kernel would; return what it says of a call."""
    code = seccomp.program(column, machine, process=4321)
    lines = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
    seen = {0: number, 4: machine if arch is None else arch, 16: argument & 0xFFFFFFFF}
    at, loaded = 0, 0
    while True:
        kind, yes, no, operand = lines[at]
        if kind == seccomp.RETURN:
            return operand
        if kind == seccomp.LOAD:
            loaded = seen[operand]
            at += 1
            continue
        holds = {
            seccomp.EQUAL: loaded == operand,
            seccomp.AT_LEAST: loaded >= operand,
            seccomp.ANY_BIT: bool(loaded & operand),
        }
        at += 1 + (yes if holds[kind] else no)


MACHINES = pytest.mark.parametrize(("column", "machine"), [(0, 0xC000003E), (1, 0xC00000B7)], ids=["x86_64", "aarch64"])


@MACHINES
def test_the_filter_decides_by_number(column, machine):
    refused = syscalls.NETWORK | syscalls.PROCESSES | syscalls.METADATA | syscalls.KERNEL
    for name, numbers in refused.items():
        if numbers[column] is not None:
            assert (name, decide(column, machine, numbers[column])) == (name, seccomp.REFUSE)
    allowed = {
        "read": (0, 63),
        "openat": (257, 56),
        "mmap": (9, 222),
        "futex": (202, 98),
        "exit_group": (231, 94),
        "statx": (332, 291),
    }
    for name, numbers in allowed.items():
        assert (name, decide(column, machine, numbers[column])) == (name, seccomp.ALLOW)


@MACHINES
def test_the_filter_decides_by_the_first_argument(column, machine):
    def said(table, name, argument):
        return decide(column, machine, table[name][column], argument)

    assert said(syscalls.SIGNALS, "kill", 4321) == seccomp.ALLOW
    assert said(syscalls.SIGNALS, "kill", 4320) == seccomp.REFUSE
    assert said(syscalls.SIGNALS, "kill", -1) == seccomp.REFUSE
    assert said(syscalls.SIGNALS, "kill", 0) == seccomp.REFUSE
    assert said(syscalls.OWN, "prlimit64", 0) == seccomp.ALLOW
    assert said(syscalls.OWN, "prlimit64", 4321) == seccomp.ALLOW
    assert said(syscalls.OWN, "prlimit64", 1) == seccomp.REFUSE
    assert said(syscalls.CLONE, "clone", 0x3D0F00) == seccomp.ALLOW
    assert said(syscalls.CLONE, "clone", 0x1200011) == seccomp.REFUSE
    assert said(syscalls.PRCTL, "prctl", 15) == seccomp.ALLOW
    assert said(syscalls.PRCTL, "prctl", 16) == seccomp.ALLOW
    assert said(syscalls.PRCTL, "prctl", 0x53564D41) == seccomp.ALLOW
    assert said(syscalls.PRCTL, "prctl", 4) == seccomp.REFUSE
    assert said(syscalls.CLONE3, "clone3", 0) == seccomp.UNKNOWN


@MACHINES
def test_the_filter_refuses_other_machines_and_newer_calls(column, machine):
    assert decide(column, machine, 0, arch=0x40000003) == seccomp.KILL
    assert decide(column, machine, 463) == seccomp.UNKNOWN
    assert decide(column, machine, 0x40000000 | 41) == seccomp.UNKNOWN


def test_the_numbers_of_calls_are_those_of_this_machine():
    """No call of this process that tests need is in a table by mistake: compare with the kernel's own header."""

    header = {"x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")}.get(platform.machine())
    if header is None or not header.exists():
        pytest.skip("no header of this kernel's calls")
    known = {}
    for line in header.read_text().splitlines():
        words = line.split()
        if len(words) == 3 and words[1].startswith("__NR_"):
            known[words[1].removeprefix("__NR_")] = int(words[2])
    tables = (syscalls.NETWORK, syscalls.PROCESSES, syscalls.METADATA, syscalls.KERNEL, syscalls.SIGNALS, syscalls.OWN)
    for table in (*tables, syscalls.CLONE, syscalls.CLONE3, syscalls.PRCTL):
        for name, (number, _) in table.items():
            assert (name, known.get(name, number)) == (name, number)


def test_landlock_asks_for_what_each_version_knows(monkeypatch):
    asked = []

    def call(number, *arguments):
        if number == landlock.CREATE_RULESET:
            attributes, size, flags = arguments
            if flags:
                return 6
            asked.append(struct.unpack(f"={size // 8}Q", attributes.raw[:size]))
            return -1
        return 0

    monkeypatch.setattr(landlock.kernel, "system_call", call)
    assert landlock.restrict([], []) is False
    assert asked == [(0xFFFF, 3, 3), (0xFFFF, 3, 1), (0xFFFF, 3)]

"""A real scheduler and two real workers on the loopback give what one machine gives, and let nobody else in."""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from perito.base import leftovers
from perito.base.confine import available
from perito.base.errors import UsageError
from perito.cli.main import perito
from perito.examine import Wish, examine
from perito.many.names import JOB
from perito.runners import certificates
from perito.runners.cluster import ClusterRunner, Sealed, connect, run_here
from perito.runners.orders import Told, WorkerLost, answer, order
from tests.many.acquisitions import PASSWORD, written
from tests.runners import deeds
from tests.runners.cluster import ROOT, Cluster
from tests.runners.test_local import poisoned

pytest.importorskip("distributed")
pytestmark = [
    # Dask's own client leaves these to the collector when it is closed
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def runner(cluster: Cluster) -> Iterator[ClusterRunner]:
    with connect(cluster.address, cluster.client) as made:
        yield made


def ran(name: str | Path, *words: str | Path) -> Result:
    """Run `perito hunt`, or `perito check` of a path."""
    command = perito.get_command(None, "hunt" if name == "hunt" else "check")  # type: ignore[arg-type]
    assert command is not None
    given = words if name == "hunt" else (name, *words)
    return CliRunner().invoke(command, [str(word) for word in given])


def test_each_result_is_byte_for_byte_that_of_one_machine_and_no_log_holds_a_password(
    cluster: Cluster, evidence: Path, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    names = ("alma", "poem.bin", "carla", "chat.xml")
    given = [evidence / name for name in names]
    files = ["--password-file", evidence / "password/right"]
    done = ran(*given, "--out", tmp_path / "out", "--lang", "en", "--json", *files, *cluster.options)
    assert done.exit_code == 3, done.output
    assert [one["exit_code"] for one in json.loads(done.stdout)] == [1, 3, 1, 0]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["alma", "carla", "chat.xml"]
    for name in ("alma", "carla", "chat.xml"):
        assert written(tmp_path / "out" / name) == alone[name]
    assert PASSWORD not in cluster.said()
    assert PASSWORD not in repr(Sealed(order(deeds.add, {"a": PASSWORD})))


def test_a_hunt_over_two_dockets_finds_what_one_machine_finds(cluster: Cluster, evidence: Path, tmp_path: Path) -> None:
    for docket, name in (("one", "alma"), ("one", "chat.xml"), ("two", "bruno")):
        examine(Wish(evidence / name, tmp_path / docket / "case" / name))
    words = ["hunt", tmp_path / "one", tmp_path / "two", "--json"]
    here, there = ran(*words), ran(*words, *cluster.options)
    assert here.exit_code == there.exit_code == 1
    assert there.stdout == here.stdout
    struck = [[one["acquisition"] for one in docket["acquisitions"]] for docket in json.loads(there.stdout)]
    assert struck == [["case/alma"], ["case/bruno"]]


def test_one_acquisition_goes_to_the_cluster_too(cluster: Cluster, evidence: Path, tmp_path: Path) -> None:
    done = ran(evidence / "chat.xml", "--out", tmp_path / "out", "--lang", "en", *cluster.options)
    assert done.exit_code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["chat.xml"]


def test_calls_and_errors_are_those_of_a_local_runner(runner: ClusterRunner) -> None:
    assert runner.submit(deeds.add, a=1, b=2).result()["sum"] == 3
    with pytest.raises(Told, match="found this"):
        runner.submit(deeds.refuse).result()
    with pytest.raises(Told, match="a fault of Perito itself: KeyError"):
        runner.submit(deeds.fail).result()
    with pytest.raises(Told, match=r"it died 2 times \(SIGKILL, SIGKILL\)"):
        runner.submit(deeds.die).result()
    assert runner.submit(deeds.add, a=2, b=2).result()["sum"] == 4


def test_what_confines_the_parsers_holds_under_a_worker(runner: ClusterRunner) -> None:
    assert runner.submit(deeds.confinement).result() == available()


def test_a_worker_of_another_version_refuses() -> None:
    with pytest.raises(Told, match=r"has Perito .*, not 0\.0\.1"):
        answer(run_here(Sealed(order(deeds.add, {"a": 1, "b": 2})), "0.0.1"))


def test_nothing_but_the_loopback_is_listened_on_or_spoken_to(cluster: Cluster) -> None:
    import psutil

    pids = [cluster.scheduler.pid, *(worker.pid for worker in cluster.workers)]
    for pid in pids:
        ends = psutil.Process(pid).net_connections("inet")
        assert {end.laddr.ip for end in ends} == {"127.0.0.1"}
        assert {end.raddr.ip for end in ends if end.raddr} <= {"127.0.0.1"}


def test_a_client_of_another_authority_is_refused(cluster: Cluster, tmp_path: Path, monkeypatch: Any) -> None:
    certificates.make(tmp_path / "other", ["127.0.0.1"])
    monkeypatch.setattr("perito.runners.cluster.REACHED", 3)
    with pytest.raises(UsageError, match="no scheduler that knows this certificate was reached"):
        connect(cluster.address, tmp_path / "other/client")


@pytest.mark.parametrize("whose", ["nobody's", "another authority's", "this authority's"])
def test_the_scheduler_itself_asks_for_a_certificate_of_its_authority(
    cluster: Cluster, tmp_path: Path, whose: str
) -> None:
    """Spoken to without Dask's client, so that it is the server that refuses."""
    context = ssl.create_default_context(cafile=str(cluster.client / "ca.pem"))
    context.check_hostname = True
    if whose != "nobody's":
        certificates.make(tmp_path / "other")
        own = cluster.client if whose == "this authority's" else tmp_path / "other/client"
        context.load_cert_chain(own / "cert.pem", own / "key.pem")
    place = urlsplit(cluster.address)
    with (
        socket.create_connection((place.hostname, place.port), 10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        secure.settimeout(10)
        if whose == "this authority's":
            assert secure.recv(1)
            return
        with pytest.raises((ssl.SSLError, ConnectionError)):
            assert secure.recv(1), "closed without a word"


def test_a_clients_certificate_cannot_stand_in_for_a_worker(cluster: Cluster) -> None:
    """Dask does not compare names, so what a certificate may be used for is all that tells the roles apart."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cluster.client / "cert.pem", cluster.client / "key.pem")
    client = ssl.create_default_context(cafile=str(cluster.client / "ca.pem"))
    client.check_hostname = False
    here, there = socket.socketpair()

    def serve() -> None:
        with there, contextlib.suppress(OSError):
            server.wrap_socket(there, server_side=True).close()

    thread = threading.Thread(target=serve)
    thread.start()
    with here, pytest.raises(ssl.SSLCertVerificationError, match=r"(unsuitable|unsupported) certificate purpose"):
        client.wrap_socket(here)
    thread.join()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "127.0.0.1:8786", "tls://", "http://127.0.0.1:8786"])
def test_without_tls_nothing_is_done(cluster: Cluster, evidence: Path, tmp_path: Path, address: str) -> None:
    out = tmp_path / "out"
    done = ran(evidence / "chat.xml", "--out", out, "--cluster", address, "--cluster-certs", cluster.client)
    assert isinstance(done.exception, UsageError)
    assert "is not an address of the form tls://HOST:PORT" in str(done.exception)
    assert not out.exists()


@pytest.mark.parametrize("missing", ["ca.pem", "cert.pem", "key.pem", "all"])
def test_without_a_certificate_of_its_own_nothing_is_done(
    cluster: Cluster, evidence: Path, tmp_path: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PERITO_CLUSTER_CERTS", raising=False)
    certificates.make(tmp_path / "own")
    own = ["--cluster-certs", tmp_path / "own/client"]
    if missing == "all":
        own = []
    else:
        (tmp_path / "own/client" / missing).unlink()
    done = ran(evidence / "chat.xml", "--out", tmp_path / "out", "--cluster", cluster.address, *own)
    assert isinstance(done.exception, UsageError)
    assert ("needs the certificate of a client" if missing == "all" else missing) in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_a_key_that_others_may_read_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    certificates.make(tmp_path / "own")
    (tmp_path / "own/client/key.pem").chmod(0o640)
    with pytest.raises(UsageError, match="may be read by others"):
        connect(cluster.address, tmp_path / "own/client")


def started(cluster: Cluster, evidence: Path, tmp_path: Path, count: int) -> "subprocess.Popen[bytes]":
    """Begin to examine many copies on the cluster, and return once something is being written."""
    import shutil

    for number in range(count):
        shutil.copytree(evidence / "alma", tmp_path / f"in/c{number}")
    command = [sys.executable, "-m", "perito", "check", str(tmp_path / "in"), "--each", "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [*command, "--lang", "en", "--json", *cluster.options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not list((tmp_path / "out").glob(f"{JOB}*/*/.parts")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    return process


def scratch(cluster: Cluster) -> list[str]:
    """Return the scratch folders that belong to none of the cluster's own processes."""
    own = {cluster.scheduler.pid, *(worker.pid for worker in cluster.workers)}
    found = []
    for mark in (cluster.folder / "tmp").glob(f"{leftovers.PREFIX}*/{leftovers.MARKER}"):
        with contextlib.suppress(OSError):  # deleted just then
            found += [mark.parent.name] if json.loads(mark.read_text())["pid"] not in own else []
    return found


def test_stopped_in_the_middle_nothing_half_stays_and_the_workers_go_on(
    cluster: Cluster, runner: ClusterRunner, evidence: Path, tmp_path: Path
) -> None:
    process = started(cluster, evidence, tmp_path, 6)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    runner.submit(deeds.add, a=1, b=2).result()
    end = time.monotonic() + 30
    while (of_the_examination := scratch(cluster)) and time.monotonic() < end:
        time.sleep(0.1)
    assert of_the_examination == []
    kept = list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else []
    assert [path for path in kept if not (path / "verdict.json").is_file()] == []


def test_a_worker_killed_in_the_middle_costs_a_retry_and_changes_nothing(
    evidence: Path, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    (tmp_path / "cluster").mkdir()
    with Cluster(tmp_path / "cluster") as own:
        process = started(own, evidence, tmp_path, 5)
        os.kill(own.workers[0].pid, signal.SIGKILL)
        told, errors = process.communicate(timeout=120)
        assert process.returncode == 1, errors
        assert [one["exit_code"] for one in json.loads(told)] == [1] * 5
        assert own.workers[0].wait() == -signal.SIGKILL
        for number in range(5):
            assert written(tmp_path / f"out/c{number}") == alone["alma"]
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"c{number}" for number in range(5)]


def test_an_acquisition_that_always_kills_its_worker_ends_as_its_own_row(
    evidence: Path, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    (tmp_path / "cluster").mkdir()
    (tmp_path / "in").mkdir()
    with Cluster(tmp_path / "cluster") as own, connect(own.address, own.client) as runner:
        own.keep()
        given = ("kills-worker", "alma", "chat.xml", "kills-process")
        rows = poisoned(runner, evidence, tmp_path / "out", *given, one_by_one=False)
        assert [row.exit_code for row in rows] == [4, 1, 0, 4]
        assert isinstance(rows[0].error, WorkerLost)
        assert rows[0].error.what == "it was lost, or refused the call (KilledWorker)"
        assert "it died 2 times" in str(rows[3].error)
        assert len(own.begun) > 3
        for name in ("alma", "chat.xml"):
            assert written(tmp_path / "out" / name) == alone[name]

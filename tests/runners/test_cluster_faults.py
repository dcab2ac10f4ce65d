"""What goes wrong with a cluster is told, costs what it must and no more, and leaves nothing behind."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from perito.base.errors import UsageError
from perito.cli.cluster_options import far_away
from perito.hunt.docket import open_docket
from perito.hunt.engine import hunt
from perito.indicators.bundle import load
from perito.many.dockets import hunt_by
from perito.many.one import Asked, digest
from perito.runners import certificates
from perito.runners.cluster import connect, secured
from perito.runners.orders import SchedulerLost
from tests.runners import deeds
from tests.runners.cluster import ROOT, Cluster

pytest.importorskip("distributed")
pytestmark = [
    # Dask's own client leaves these to the collector when it is closed
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
NOW = datetime.now(UTC)


def signed(cluster: Cluster, folder: Path, begins: datetime, ends: datetime) -> Path:
    """Make a client's certificate of the cluster's own authority for these days."""
    root = x509.load_pem_x509_certificate((cluster.certificates / "ca/ca.pem").read_bytes())
    by = load_pem_private_key((cluster.certificates / "ca/key.pem").read_bytes(), None)
    assert isinstance(by, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    begun = certificates._begun(certificates._name("client"), key, begins + certificates.SKEW, ends)
    made = certificates._role(begun.issuer_name(root.subject), certificates.ROLES["client"], [], root)
    files = {"ca.pem": root, "cert.pem": made.sign(by, hashes.SHA256())}
    pems = {name: certificates._pem(one) for name, one in files.items()}
    certificates._write(folder, {**pems, "key.pem": certificates._secret(key)})
    return folder


DAYS = {
    "run out": (NOW - timedelta(days=2), NOW - timedelta(hours=1), "ran out on"),
    "of a clock that is an hour ahead": (NOW + timedelta(hours=1), NOW + timedelta(days=1), "is the clock of this"),
}


@pytest.mark.parametrize("which", DAYS)
def test_a_certificate_out_of_its_time_is_told_here_and_refused_there(
    cluster: Cluster, tmp_path: Path, which: str
) -> None:
    begins, ends, told = DAYS[which]
    own = signed(cluster, tmp_path / "own", begins, ends)
    with pytest.raises(UsageError, match=told):
        connect(cluster.address, own)
    assert refused(cluster, own), "by the scheduler, which asks nobody's own clock"


def test_one_of_the_same_make_that_is_in_its_time_is_let_in(cluster: Cluster, tmp_path: Path) -> None:
    own = signed(cluster, tmp_path / "own", NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert not refused(cluster, own)
    with connect(cluster.address, own) as runner:
        assert runner.submit(deeds.add, a=1, b=2).result()["sum"] == 3


def refused(cluster: Cluster, own: Path) -> bool:
    """Tell whether the scheduler ends a connection by this certificate before it says a word."""
    context = ssl.create_default_context(cafile=str(cluster.client / "ca.pem"))
    context.load_cert_chain(own / "cert.pem", own / "key.pem")
    place = urlsplit(cluster.address)
    with socket.create_connection((place.hostname, place.port), 10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                secure.settimeout(10)
                return not secure.recv(1)
        except (ssl.SSLError, ConnectionError):
            return True


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", b"\x01" + bytes(63), b""])
def test_who_speaks_without_tls_hears_nothing_of_the_cluster(cluster: Cluster, said: bytes) -> None:
    place = urlsplit(cluster.address)
    with socket.create_connection((place.hostname, place.port), 10) as plain:
        plain.settimeout(10)
        heard = b""
        with contextlib.suppress(OSError):  # closed before it was said to the end
            plain.sendall(said)
            plain.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while part := plain.recv(4096):
                heard += part
    assert heard == b"" or (heard[0] == 0x15 and len(heard) == 7), "at most an alert of TLS"


@pytest.mark.parametrize("role", ["scheduler", "worker"])
def test_a_clients_certificate_starts_neither_scheduler_nor_worker(cluster: Cluster, role: str) -> None:
    words = {"scheduler": ["--host", "127.0.0.1", "--port", "0"], "worker": [cluster.address]}[role]
    command = [sys.executable, "-m", "perito", "cluster", role, *words, "--certs", str(cluster.client)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cert.pem: is that of a client" in done.stderr


def test_what_is_no_certificate_is_told(tmp_path: Path) -> None:
    certificates.make(tmp_path / "own")
    (tmp_path / "own/client/cert.pem").write_text("nothing")
    with pytest.raises(UsageError, match="is no certificate of a cluster"):
        secured(tmp_path / "own/client")


def test_a_cluster_without_a_worker_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Cluster(tmp_path / "made", workers=0) as made:
        reach = far_away(made.address, made.certificates / "client")
        assert reach is not None
        with reach():
            assert capsys.readouterr().err.startswith("no worker of the cluster is there yet")
        made.more()
        with reach():
            assert capsys.readouterr().err == ""


def test_an_error_says_on_which_machine_it_happened(cluster: Cluster) -> None:
    with connect(cluster.address, cluster.client) as runner:
        error = runner.submit(deeds.refuse).exception()
    assert isinstance(error, Exception)
    assert str(error).startswith(f"here (worker on {os.uname().nodename}): found this\n")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_scheduler_that_ends_takes_its_calls_with_it_and_one_that_is_started_anew_is_found(
    tmp_path: Path, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to stop, Dask's scheduler says farewell; killed, it does not: the two ways are noticed differently."""
    monkeypatch.setattr("perito.runners.cluster.REACHED", 4)
    monkeypatch.setattr("perito.runners.cluster.LOOK", 0.2)
    with Cluster(tmp_path, workers=1) as own, connect(own.address, own.client) as runner:
        assert runner.submit(deeds.add, a=1, b=2).result()["sum"] == 3
        waiting = [runner.submit(deeds.wait) for _ in range(3)]
        lose(own, how)
        for one in waiting:
            assert isinstance(one.exception(timeout=20), SchedulerLost)
        if how == signal.SIGKILL:
            own.anew()
            assert runner.submit(deeds.add, a=2, b=2).result()["sum"] == 4
            lose(own, how)
        lost = runner.submit(deeds.add, a=1, b=2)
        assert isinstance(lost.exception(timeout=20), SchedulerLost)
        assert isinstance(runner.submit(deeds.add, a=1, b=2).exception(timeout=0.1), SchedulerLost), "no second wait"
    assert own.left() == []


def lose(own: Cluster, how: signal.Signals) -> None:
    own.scheduler.send_signal(how)
    assert own.scheduler.wait(30) == (0 if how == signal.SIGTERM else -how)


def test_both_workers_killed_in_a_hunt_cost_nothing_once_another_one_joins(
    evidence: Path, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    wanted = load(())
    by = Asked(indicators_digest=digest(wanted))
    docket = tmp_path / "docket"
    for name in ("alma", "bruno"):
        for path, content in alone[name].items():
            (docket / name / path).parent.mkdir(parents=True, exist_ok=True)
            (docket / name / path).write_bytes(content)
    (tmp_path / "cluster").mkdir()
    with Cluster(tmp_path / "cluster") as own, connect(own.address, own.client) as runner:
        opened = open_docket(docket)
        whole = hunt(opened, wanted)
        assert [one.acquisition.name for one in whole.struck] == ["alma", "bruno"]
        for worker in own.workers:
            os.kill(worker.pid, signal.SIGKILL)
        own.keep()
        assert hunt_by(runner, opened, by) == whole

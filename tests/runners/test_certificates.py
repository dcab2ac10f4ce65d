"""The certificates of a cluster: for their owner only, for their role only, for a short time, and never replaced."""

import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from perito.base.errors import UsageError
from perito.cli.cluster import cluster
from perito.runners.certificates import make


def loaded(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    done = CliRunner().invoke(cluster, ["certs", str(tmp_path / "c"), "--host", "box.example", "--host", "192.0.2.7"])
    assert done.output.splitlines() == [str(tmp_path / "c" / role) for role in ("ca", "scheduler", "worker", "client")]
    return tmp_path / "c"


def test_each_role_has_its_own_folder_and_only_one_has_the_authoritys_key(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.pem")}
    roles = {f"{role}/{name}.pem" for role in ("scheduler", "worker", "client") for name in ("ca", "cert", "key")}
    assert files == roles | {"ca/ca.pem", "ca/key.pem"}
    assert len({(folder / name).read_bytes() for name in files if name.endswith("key.pem")}) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*.pem")} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*")} == {0o700}


def test_a_server_is_known_by_its_names_and_a_client_is_no_server(folder: Path) -> None:
    store = Store([loaded(folder / "ca/ca.pem")])
    for role in ("scheduler", "worker"):
        one = loaded(folder / role / "cert.pem")
        for name in (x509.DNSName("box.example"), x509.IPAddress(ip_address("192.0.2.7"))):
            assert len(PolicyBuilder().store(store).build_server_verifier(name).verify(one, [])) == 2
        other = PolicyBuilder().store(store).build_server_verifier(x509.DNSName("other.example"))
        with pytest.raises(VerificationError):
            other.verify(one, [])
    uses = loaded(folder / "client/cert.pem").extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_they_end_after_the_days_that_were_asked_for(tmp_path: Path) -> None:
    make(tmp_path / "c", days=3)
    for one in (tmp_path / "c").glob("*/c*.pem"):
        left = loaded(one).not_valid_after_utc - datetime.now(UTC)
        assert timedelta(days=2, hours=23) < left < timedelta(days=3)


def test_the_authority_makes_no_further_authority(folder: Path) -> None:
    told = loaded(folder / "ca/ca.pem").extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (told.ca, told.path_length) == (True, 0)
    told = loaded(folder / "worker/cert.pem").extensions.get_extension_for_class(x509.BasicConstraints).value
    assert told.ca is False


def test_nothing_is_ever_replaced(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.pem")}
    with pytest.raises(UsageError, match="already holds something"):
        make(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*.pem")} == before


def test_a_name_that_is_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no host name"):
        make(tmp_path / "c", ["caña.example"])
    assert not (tmp_path / "c").exists()

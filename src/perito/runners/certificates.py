"""The certificates of a cluster: an authority of its own, and one certificate for each role."""

import ipaddress
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from perito.base.errors import UsageError

AUTHORITY, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"
ROLES = {
    "scheduler": (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    "worker": (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    "client": (ExtendedKeyUsageOID.CLIENT_AUTH,),
}
"""What each may be used for: a client's certificate cannot stand in for a scheduler or a worker."""
SKEW = timedelta(minutes=5)
"""By which the clock of another machine may be behind."""

Key = ec.EllipticCurvePrivateKey


def make(folder: Path, hosts: Sequence[str] = (), days: int = 30) -> list[Path]:
    """Write a new authority and the certificates of scheduler, worker and client, and return the folders.

    Each role has a folder to be taken to its machines: `ca.pem`, `cert.pem`, `key.pem`. The authority's own key is in
    `ca/` and belongs on none of them. `hosts` are names or addresses for which scheduler and worker answer. A folder
    that holds anything is a UsageError: a running cluster would lose its keys.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            str(folder), "already holds something", "no certificate was made, and none was changed", "name a new folder"
        )
    known = [_named(host) for host in hosts]
    now = datetime.now(UTC)
    until = now + timedelta(days=days)
    authority = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"perito cluster {secrets.token_hex(8)}")
    whole = _authority(name, authority, now, until)
    root = _pem(whole)
    _write(folder / "ca", {AUTHORITY: root, KEY: _secret(authority)})
    for role, uses in ROLES.items():
        key = ec.generate_private_key(ec.SECP256R1())
        begun = _begun(_name(role), key, now, until).issuer_name(name)
        signed = _role(begun, uses, known, whole).sign(authority, hashes.SHA256())
        _write(folder / role, {AUTHORITY: root, CERTIFICATE: _pem(signed), KEY: _secret(key)})
    return [folder / one for one in ("ca", *ROLES)]


def check(certificate: Path, *, serves: bool) -> None:
    """Refuse a certificate of our own that others would refuse without a word: run out, early, or a client's.

    `serves` says that others are to reach its holder, as they do a scheduler or a worker.
    """
    try:
        own = x509.load_pem_x509_certificate(certificate.read_bytes())
        uses = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, x509.ExtensionNotFound) as error:
        raise _useless(certificate, "is no certificate of a cluster") from error
    now = datetime.now(UTC)
    if now > own.not_valid_after_utc:
        raise _useless(certificate, f"ran out on {own.not_valid_after_utc:%Y-%m-%d %H:%M} UTC")
    if now < own.not_valid_before_utc:
        early = f"begins on {own.not_valid_before_utc:%Y-%m-%d %H:%M} UTC, and here it is {now:%Y-%m-%d %H:%M}"
        raise _useless(certificate, early, "is the clock of this machine right?")
    if serves and ExtendedKeyUsageOID.SERVER_AUTH not in uses:
        raise _useless(certificate, "is that of a client", "take the folder that is named after what is started")


def _useless(certificate: Path, what: str, hint: str = "`perito cluster certs` makes new ones, for all") -> UsageError:
    return UsageError(str(certificate), what, "nothing was done", hint)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _begun(name: x509.Name, key: Key, now: datetime, until: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority(name: x509.Name, key: Key, now: datetime, until: datetime) -> x509.Certificate:
    return (
        _begun(name, key, now, until)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _role(
    begun: x509.CertificateBuilder,
    uses: Sequence[x509.ObjectIdentifier],
    hosts: Sequence[x509.GeneralName],
    by: x509.Certificate,
) -> x509.CertificateBuilder:
    known = by.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    done = (
        begun.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(list(uses)), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known), critical=False)
    )
    serves = ExtendedKeyUsageOID.SERVER_AUTH in uses and hosts
    return done.add_extension(x509.SubjectAlternativeName(hosts), critical=False) if serves else done


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return x509.DNSName(host)
    except ValueError as error:
        raise UsageError(host, "is no host name (letters of ASCII only)", "no certificate was made") from error


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(Encoding.PEM)


def _secret(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(mode=0o700, parents=True)
    for name, content in files.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

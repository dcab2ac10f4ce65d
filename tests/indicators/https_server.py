"""A real HTTPS server on this machine, with an authority of its own, that answers as a test tells it."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[BaseHTTPRequestHandler], None]
DAY = timedelta(days=1)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """A certificate authority that signs for whatever name and time it is asked."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, named(name)
        self.key = ec.generate_private_key(ec.SECP256R1())
        own = self._builder(self.name, self.key, datetime.now(UTC) + DAY)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        own = own.add_extension(usage, critical=True).add_extension(identifier, critical=False)
        self.pem = folder / f"{name}.pem"
        self.pem.write_bytes(own.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime):
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        return builder.not_valid_before(until - 10 * DAY).not_valid_after(until)

    def sign(self, host: str = "127.0.0.1", *, expired: bool = False) -> Path:
        """Return a file with a key and a certificate for a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + (-DAY if expired else DAY)
        name = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
        signed = self._builder(named(host), key, until).add_extension(
            x509.SubjectAlternativeName([name]), critical=False
        )
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        signed = signed.add_extension(issuer, critical=False).sign(self.key, hashes.SHA256())
        path = self.folder / f"{host}-{expired}.pem"
        text = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        path.write_bytes(key.private_bytes(*text) + signed.public_bytes(serialization.Encoding.PEM))
        return path


class Server:
    """What is asked of it is kept in `asked`; `answers` holds, by path, what it does, an answer for each time."""

    def __init__(self, certificate: Path) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.certificate = certificate
        self.port = 0

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self.port}{path}"

    def on(self, path: str, *answers: Answer) -> str:
        """Answer a path in turn, the last one for ever; return its address."""
        self.answers[path] = list(answers)
        return self.url(path)

    def times(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.asked.append((self.path, dict(self.headers)))
                waiting = server.answers.get(self.path, [status(404)])
                (waiting.pop(0) if len(waiting) > 1 else waiting[0])(self)
                self.close_connection = True

            def log_message(self, *_):
                """Say nothing."""

        return Handler


@contextmanager
def serving(certificate: Path) -> Iterator[Server]:
    server = Server(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Listening(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request, client_address):
            try:
                with context.wrap_socket(request, server_side=True) as wire:
                    super().finish_request(wire, client_address)
            except OSError:
                pass  # the client did not want to go on, which is what some tests are about

    listening = Listening(("127.0.0.1", 0), server.handler())
    server.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def body(content: bytes, code: int = 200, *, length: int | None = None, **headers: str) -> Answer:
    """Answer with a content; `length` is what is said of it, which may be a lie."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int) -> Answer:
    return body(b"", code)


def redirect(to: str) -> Answer:
    return body(b"", 302, Location=to)


def trickle(content: bytes, every: float) -> Answer:
    """Answer a byte at a time."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for place in range(len(content)):
            handler.wfile.write(content[place : place + 1])
            time.sleep(every)

    return answer


def silent(seconds: float) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)

    return answer


def endless(piece: bytes) -> Answer:
    """Answer without a length and without an end."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(piece)

    return answer


def raw(content: bytes) -> Answer:
    """Answer with these bytes, whatever they are, and hang up without a word."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(content)
        handler.wfile.flush()
        socket.socket.shutdown(handler.connection, socket.SHUT_RDWR)

    return answer


@contextmanager
def tunnel() -> Iterator[tuple[int, list[str]]]:
    """Give the port of a proxy that opens tunnels, and the requests that it was sent."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self):
            seen.append(f"{self.path} {self.headers.get('Proxy-Authorization')}")
            host, _, port = self.path.rpartition(":")
            with socket.create_connection((host, int(port))) as far:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_pass, args=(far, self.connection), daemon=True)
                back.start()
                _pass(self.connection, far)
                back.join(5)

        def log_message(self, *_):
            """Say nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy.server_address[1], seen
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()


def _pass(from_: socket.socket, to: socket.socket) -> None:
    try:
        while piece := from_.recv(1 << 16):
            to.sendall(piece)
        to.shutdown(socket.SHUT_WR)
    except OSError:
        pass

"""Published lists fetched over HTTPS: the only module below `cli` that may reach the network; it knows no evidence.

What a server says is not trusted: no name of its own reaches the disk, and size, time, redirects and what a packed answer
unpacks to are bounded. Nothing but an address, and what tells that an earlier copy is still current, is ever sent.
"""

import base64
import contextlib
import hashlib
import http.client
import socket
import ssl
import threading
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn
from urllib.parse import unquote, urljoin, urlsplit

from perito import __version__
from perito.base.errors import UsageError
from perito.indicators.fetched import Condition, Fetched, NotFetched, Progress, checked
from perito.indicators.installed import KEPT

PIECE = 1 << 16
LARGEST = 1 << 30
"""Bytes of the largest list, unpacked; the same for one in a bundle."""
MOST_REDIRECTS = 5
MOST_PACKED = 200
"""How many times larger than its packed form an answer may be; JSON of many like objects reaches some fifty."""
SMALL = 1 << 20
"""Bytes below which it does not matter how far an answer was packed."""
REDIRECTS = {301, 302, 303, 307, 308}
LATER = {408, 425, 429, 500, 502, 503, 504}
"""Answers that may be others a moment later."""


class _TryAgain(Exception):
    """Tell why a try failed that another may mend."""


@dataclass(frozen=True)
class Fetcher:
    """How lists are fetched: seconds a server may be silent (`idle`) or take in all (`total`), pauses before tries.

    `ca_file` names certificates (PEM) that are trusted beside those of the system.
    """

    ca_file: Path | None = None
    idle: float = 30.0
    total: float = 900.0
    largest: int = LARGEST
    pauses: tuple[float, ...] = (1.0, 4.0)

    def fetch(self, address: str, into: Path, condition: Condition, tell: Progress | None = None) -> Fetched:
        """Write what an address holds into a file and say what it was; NotFetched says why not.

        The digest is that of the file, after a packed answer was unpacked. At most one try and one more a pause.
        """
        trusted = _trusted(self.ca_file)
        deadline = time.monotonic() + self.total
        for pause in (*self.pauses, None):
            try:
                return self._followed(address, into, condition, tell or _silent, trusted, deadline)
            except _TryAgain as error:
                if pause is None or time.monotonic() + pause >= deadline:
                    raise NotFetched(address, f"{error}{_tries(len(self.pauses) + 1, pause)}") from None
            time.sleep(pause)
        raise AssertionError

    def _followed(
        self,
        address: str,
        into: Path,
        condition: Condition,
        tell: Progress,
        trusted: ssl.SSLContext,
        deadline: float,
    ) -> Fetched:
        """Follow redirects, which may only lead to HTTPS and are all told."""
        told: list[str] = []
        here = address
        for _ in range(MOST_REDIRECTS + 1):
            with _request(checked(here, address), condition, trusted, self.idle, deadline) as response:
                if response.status in REDIRECTS and response.headers.get("Location"):
                    here = urljoin(here, response.headers.get("Location", ""))
                    told.append(here)
                    continue
                if response.status == http.client.NOT_MODIFIED and condition.known:
                    return Fetched(address, tuple(told), unchanged=True)
                _refused(response, address)
                size, digest = self._stored(response, into, address, tell)
                etag, modified = (_header(response, name) for name in ("ETag", "Last-Modified"))
                return Fetched(address, tuple(told), size, digest, etag, modified)
        raise NotFetched(address, f"more than {MOST_REDIRECTS} redirects, the last to {here[:200]}")

    def _stored(self, response: http.client.HTTPResponse, into: Path, address: str, tell: Progress) -> tuple[int, str]:
        declared = response.length
        if len(set(response.headers.get_all("Content-Length", []))) > 1:
            raise NotFetched(address, "the answer gives two lengths")
        if declared is not None and declared > self.largest:
            raise NotFetched(address, f"says it has {declared:,} bytes; at most {self.largest:,} are taken")
        size, digest = 0, hashlib.sha256()
        with into.open("wb") as file:
            for piece, passed in _unpacked(response, address, declared):
                size += len(piece)
                if size > self.largest:
                    raise NotFetched(address, f"holds more than the {self.largest:,} bytes that are taken")
                digest.update(piece)
                _write(file, piece, into)
                tell(passed, declared)
        return size, digest.hexdigest()


def _write(file: BinaryIO, piece: bytes, into: Path) -> None:
    try:
        file.write(piece)
    except OSError as error:  # of our disk, not of the network
        raise UsageError(str(into.parent), error.strerror or "cannot be written", KEPT, "make room") from error


def _silent(_passed: int, _whole: int | None) -> None:
    """Tell nobody how far it is."""


def _tries(count: int, pause: float | None) -> str:
    return f" ({count} tries)" if pause is None and count > 1 else ""


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            what = error.strerror if type(error) is not ssl.SSLError else "holds no certificate in PEM"
            raise UsageError(
                str(ca_file), what or "cannot be read", "nothing was fetched", "give a PEM file"
            ) from error
    return context


class _Connection(http.client.HTTPSConnection):
    """A connection whose socket is known from the first byte on, so that it can be cut when its time is over."""

    def __init__(self, host: str, port: int, trusted: ssl.SSLContext, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout, context=trusted)
        self.trusted = trusted
        self.wire: socket.socket | None = None
        self.named = host

    def through(self, proxy: str, address: str) -> None:
        """Ask a proxy of the environment for a tunnel; what passes in it stays encrypted to the server."""
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if parts.scheme != "http" or not parts.hostname:
            raise NotFetched(address, "the proxy that the environment names is none that is known here (http://…)")
        headers = {}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        self.set_tunnel(self.host, self.port, headers)
        self.host, self.port = parts.hostname, parts.port or 80

    def connect(self) -> None:
        """Connect, through the tunnel if there is one, and greet; the certificate must be that of the server."""
        http.client.HTTPConnection.connect(self)
        wire = self.trusted.wrap_socket(
            self.sock, server_hostname=self.named, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
        self.wire = self.sock = wire
        wire.do_handshake()

    def cut(self) -> None:
        """End whatever is going on, from another thread."""
        wire = self.wire or self.sock
        if wire is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(wire, socket.SHUT_RDWR)


@contextlib.contextmanager
def _request(
    address: str, condition: Condition, trusted: ssl.SSLContext, idle: float, deadline: float
) -> Iterator[http.client.HTTPResponse]:
    """Ask for an address; what goes wrong until the answer was read is NotFetched, or _TryAgain where a try may help."""
    parts = urlsplit(address)
    assert parts.hostname
    connection = _Connection(parts.hostname, parts.port or 443, trusted, idle)
    over = threading.Event()
    timer = threading.Timer(max(deadline - time.monotonic(), 0.0), _end(connection, over))
    timer.daemon = True
    try:
        proxy = urllib.request.getproxies().get("https")
        if proxy and not urllib.request.proxy_bypass(parts.hostname):
            connection.through(proxy, address)
        timer.start()
        connection.request("GET", address[len(f"https://{parts.netloc}") :], headers=_headers(condition))
        with connection.getresponse() as response:
            yield response
    except (OSError, http.client.HTTPException, ValueError) as error:
        if over.is_set():
            raise NotFetched(address, "took longer than is waited for") from None
        _failed(address, error)
    finally:
        timer.cancel()
        connection.close()


def _end(connection: _Connection, over: threading.Event) -> Callable[[], None]:
    def end() -> None:
        over.set()
        connection.cut()

    return end


def _failed(address: str, error: Exception) -> NoReturn:
    """Say what went wrong on the way in words of ours; a server's own words are not repeated."""
    if isinstance(error, ssl.SSLCertVerificationError):
        hint = "where it is one of your own, name the certificate of its authority with --ca-file"
        raise NotFetched(address, f"its certificate is not accepted: {error.verify_message}", hint) from None
    if isinstance(error, http.client.IncompleteRead | ssl.SSLEOFError | ConnectionResetError):
        raise _TryAgain("the answer was cut short") from None
    if isinstance(error, TimeoutError):
        raise _TryAgain("the server fell silent") from None
    if isinstance(error, socket.gaierror):
        raise _TryAgain("its name cannot be resolved; is there a network?") from None
    if isinstance(error, OSError):
        raise _TryAgain(f"cannot be reached: {error.strerror or type(error).__name__}") from None
    raise NotFetched(address, "the answer is not HTTP") from None


def _headers(condition: Condition) -> dict[str, str]:
    told = {"User-Agent": f"perito/{__version__}", "Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close"}
    if condition.etag:
        told["If-None-Match"] = condition.etag
    if condition.modified:
        told["If-Modified-Since"] = condition.modified
    return told


def _header(response: http.client.HTTPResponse, name: str) -> str:
    """Return a header that is sent back to the server one day; one that is long or no plain text is dropped."""
    text = str(response.headers.get(name, ""))
    return text if len(text) <= 200 and text.isascii() and text.isprintable() else ""


def _refused(response: http.client.HTTPResponse, address: str) -> None:
    if response.status in LATER:
        raise _TryAgain(f"the server answered {response.status}")
    if response.status != http.client.OK:
        raise NotFetched(address, f"the server answered {response.status}")


def _unpacked(response: http.client.HTTPResponse, address: str, declared: int | None) -> Iterator[tuple[bytes, int]]:
    """Yield the pieces of an answer with how many bytes of it had come; one that ends too early is _TryAgain."""
    packing = str(response.headers.get("Content-Encoding", "identity")).strip().lower()
    if packing not in {"identity", "", "gzip", "x-gzip"}:
        raise NotFetched(address, "packed in a way that was not asked for")
    packed = packing.endswith("gzip")
    unpacker = zlib.decompressobj(wbits=31)
    passed = size = 0
    while piece := response.read(PIECE):
        passed += len(piece)
        for one in _members(unpacker, piece, address) if packed else (piece,):
            size += len(one)
            if packed and size > MOST_PACKED * passed + SMALL:
                raise NotFetched(address, f"unpacks to more than {MOST_PACKED} times what was sent")
            yield one, passed
    if declared is not None and passed < declared:
        raise _TryAgain(f"the answer was cut short: {passed:,} of {declared:,} bytes came")
    if packed and not unpacker.eof:
        raise _TryAgain("the answer was cut short: its packing does not end")


def _members(unpacker: "zlib._Decompress", piece: bytes, address: str) -> Iterator[bytes]:
    """Yield what a piece unpacks to, some at a time; what stands behind the end is refused."""
    left = piece
    try:
        while left and not unpacker.eof:
            yield unpacker.decompress(left, 16 * PIECE)
            left = unpacker.unconsumed_tail
    except zlib.error:
        raise NotFetched(address, "packed, and damaged") from None
    if left or unpacker.unused_data:
        raise NotFetched(address, "packed, with something behind the end")

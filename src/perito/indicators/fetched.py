"""What is known of a list that was fetched, or why it was not; without the network, so that all may name it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from perito.base.errors import PeritoError

SAFE = "/%:@!$&'()*+,;=~-._"
Progress = Callable[[int, int | None], None]
"""Told how many bytes came, and how many there will be if that is known."""


class Condition(NamedTuple):
    """What the server said of the copy that is here, by which it tells whether that is still current."""

    etag: str = ""
    modified: str = ""

    @property
    def known(self) -> bool:
        """Tell whether anything was said, so that an answer without content makes sense."""
        return bool(self.etag or self.modified)


class Fetched(NamedTuple):
    """What came from an address: the redirects on the way, bytes and SHA-256 of the content; or that it is unchanged."""

    address: str
    redirects: tuple[str, ...] = ()
    size: int = 0
    sha256: str = ""
    etag: str = ""
    modified: str = ""
    unchanged: bool = False


class Fetch(Protocol):
    """Whatever can write the content of an address into a file; NotFetched where it cannot."""

    def __call__(self, address: str, into: Path, condition: Condition, tell: Progress | None = None, /) -> Fetched:
        """Write the content into the file and say what it was."""


class NotFetched(PeritoError):
    """Tell why a list was not fetched (exit 3); what was installed before stays in use."""

    exit_code = 3

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, "nothing was installed from it; what was installed before stays in use", hint)


def checked(address: str, asked: str) -> str:
    """Return an address as it is asked for; NotFetched, told of `asked`, where it is none that may be."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
        bare = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise NotFetched(asked, f"not an address: {address[:200]}") from None
    if parts.scheme != "https" or not bare:
        way = f"is led to {address[:200]}, which" if address != asked else "an address that"
        raise NotFetched(asked, f"{way} is not HTTPS: anybody on the way could change the list")
    if parts.username is not None or parts.password is not None:
        raise NotFetched(asked, "names a user or a password, which would be kept beside the list")
    port = f":{parts.port}" if parts.port else ""
    query = f"?{quote(parts.query, SAFE + '?')}" if parts.query else ""
    place = f"[{bare}]" if ":" in bare else bare
    return f"https://{place}{port}{quote(parts.path, SAFE) or '/'}{query}"

"""Cookies that sites left: a site met once, in any application, though its visit was deleted.

Cookies.binarycookies of each application. The values, which can open accounts, are not kept. The format:
https://github.com/libyal/dtformats/blob/main/documentation/Safari%20Cookies.asciidoc.
"""

from collections.abc import Iterator
from pathlib import Path
from struct import Struct, unpack_from

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Damaged, Partly
from perito.records import MAC_ABSOLUTE, Row, Schema, domain, integer, text, when

COOKIE = Schema(
    "ios.cookie",
    created=when("when it was set", MAC_ABSOLUTE),
    expires=when("when it lapses", MAC_ABSOLUTE),
    domain=domain("host or domain that set it"),
    cookie=text("name of the cookie"),
    url_path=text("path on the site that it is sent to"),
    flags=integer("1 only over HTTPS, 4 not for scripts"),
)
MAGIC = b"cook"
HEAD = Struct("<IIIIIIIIQdd")


@artifact(COOKIE, "**/Library/Cookies/*.binarycookies", looks=rb"\Acook")
def cookies(path: Path) -> Iterator[Row | Partly]:
    """Yield the cookies page by page; a page or cookie that is cut off is told."""
    raw = path.read_bytes()
    if not raw.startswith(MAGIC):
        raise Damaged(f"no file of cookies (starts with {raw[:4].hex(' ')})")
    pages = int.from_bytes(raw[4:8]) if len(raw) >= 8 else 0
    begin = 8 + 4 * pages
    if begin > len(raw):
        raise Damaged(f"a list of {pages} pages in {len(raw)} bytes")
    for size in unpack_from(f">{pages}I", raw, 8):
        yield from _page(raw[begin : begin + size], begin, size)
        begin += size


def _page(page: bytes, begin: int, size: int) -> Iterator[Row | Partly]:
    count = int.from_bytes(page[4:8], "little")
    if len(page) < size or len(page) < 8 + 4 * count:
        yield Partly(f"offset {begin:#x}", f"a page of {size} bytes and {count} cookies, of which {len(page)} are left")
        count = min(count, max(0, len(page) - 8) // 4)
    for at in unpack_from(f"<{count}I", page, 8) if count else ():
        ref = f"offset {begin + at:#x}"
        if at + HEAD.size > len(page):
            yield Partly(ref, "a cookie outside its page")
            continue
        _, _, flags, _, host, name, place, _, _, expires, created = HEAD.unpack_from(page, at)
        yield ref, created, expires, *(_text(page, at + one) for one in (host, name, place)), flags


def _text(page: bytes, at: int) -> bytes | None:
    end = page.find(b"\0", at)
    return page[at:end] if 0 <= at <= end else None

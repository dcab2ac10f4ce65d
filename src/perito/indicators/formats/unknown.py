"""What a file is that is no list of indicators, as far as its beginning tells, so that something can be done about it."""

import re

STARTS = (
    (b"\x1f\x8b", "packed with gzip: unpack it first"),
    (b"PK\x03\x04", "a ZIP archive: unpack it first"),
    (b"BZh", "packed with bzip2: unpack it first"),
    (b"\xfd7zXZ\x00", "packed with xz: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"version https://git-lfs", "only a pointer to a file that Git keeps elsewhere (LFS)"),
)
PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
XML = re.compile(rb"\s*<(?:\?xml|!--|[A-Za-z][\w.-]*[\s:>])")
BLANK = b"\xef\xbb\xbf \t\r\n\x00"


def told(start: bytes) -> str:
    """Say what a file is by its first kilobyte; empty where that tells nothing."""
    if not start.strip(BLANK):
        return "zeros" if start.strip(b"\x00") != start and not start.strip(b"\x00") else "empty"
    for mark, what in STARTS:
        if start.startswith(mark):
            return what
    if PAGE.match(start):
        return "an HTML page, as a server sends in place of a file that it does not have"
    if start.lstrip(BLANK)[:1] in {b"{", b"["}:
        return "JSON in which nothing says that it is an indicator"
    return "XML of another kind" if XML.match(start.lstrip(BLANK)) else ""

"""What a file is that is no list of indicators and nothing else that is known, as far as its beginning tells."""

import re

POINTER = b"version https://git-lfs"
XML = re.compile(rb"<(?:\?xml|!--|[A-Za-z][\w.-]*[\s:>])")
BLANK = b"\xef\xbb\xbf \t\r\n\x00"


def told(start: bytes) -> str:
    """Say what a file is by how it begins; empty where that tells nothing."""
    if not start.strip(BLANK):
        return "nothing but zeros" if start.strip(b"\x00") != start and not start.strip(b"\x00") else "an empty file"
    if start.startswith(POINTER):
        return "only a pointer to a file that Git keeps elsewhere (LFS)"
    if start.lstrip(BLANK)[:1] in {b"{", b"["}:
        return "JSON in which nothing says that it is an indicator"
    return "XML of another kind" if XML.match(start.lstrip(BLANK)) else ""

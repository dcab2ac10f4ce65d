"""How much an archive may hold, and which names in it are places inside it."""

import re
from dataclasses import dataclass

GIB = 1 << 30
DRIVE = re.compile(r"^[A-Za-z]:")
SEPARATORS = re.compile(r"[/\\]")


@dataclass(frozen=True)
class Caps:
    """Limits on an archive; what lies beyond them is refused and recorded.

    A member, or a whole stream, that unpacks to more than `ratio` times its size is refused once it is larger than
    `ratio_from`: a database of zeros packs well, a bomb is that and large.
    """

    entries: int = 1_000_000
    name_bytes: int = 4_096
    depth: int = 128
    file_bytes: int = 64 * GIB
    total_bytes: int = 2_048 * GIB
    ratio: int = 250
    ratio_from: int = GIB // 4
    header_bytes: int = 1 << 20

    def bomb(self, packed: int, unpacked: int) -> bool:
        """Tell whether so few bytes may not become so many."""
        return unpacked > self.ratio_from and unpacked > self.ratio * max(packed, 1)

    def name(self, raw: str) -> tuple[str, str]:
        """Return the name as a path below the archive's top, and why it is refused ("" if it is not)."""
        shown = raw.replace("\0", "\\x00")
        if len(shown) > self.name_bytes:
            cut = f"{shown[:100]}… ({len(shown)} characters)"
            return cut, f"a name of {len(shown)} characters, {self.name_bytes} are allowed"
        pieces = [piece for piece in shown.split("/") if piece not in {"", "."}]
        reason = ""
        if not pieces:
            reason = "no name"
        elif "\0" in raw:
            reason = "a NUL in its name"
        elif raw[0] in "/\\" or DRIVE.match(raw):
            reason = "an absolute name"
        elif ".." in SEPARATORS.split(raw):
            reason = "its name leads out of the archive"
        elif len(pieces) > self.depth:
            reason = f"{len(pieces)} folders deep, {self.depth} are allowed"
        return (shown if reason else "/".join(pieces)), reason

"""Writes text as `attributedBody` holds it: an NSAttributedString in Apple's typedstream archive."""

BYTE, WORD = 0x80, 0x10000  # from 0x80 on, a byte is a tag

HEAD = (
    b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\x00\x84\x84\x08NSObject\x00\x85"
    b"\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+"
)
TAIL = (
    b"\x92\x84\x84\x84\x0cNSDictionary\x00\x94\x84\x01i\x01\x92\x84\x96\x96\x1d__kIMMessagePartAttributeName\x86"
    b"\x92\x84\x84\x84\x08NSNumber\x00\x84\x84\x07NSValue\x00\x94\x84\x01*\x84\x99\x99\x00\x86\x86\x86"
)


def attributed(text: str) -> bytes:
    """Return `text` archived, with the one attribute that Messages always sets (part 0 of the message)."""
    raw = text.encode()
    units = len(text.encode("utf-16-le")) // 2  # a run is counted in UTF-16 units, the string in bytes
    return HEAD + _length(len(raw)) + raw + b"\x86\x84\x02iI\x01" + _length(units) + TAIL


def _length(number: int) -> bytes:
    if number < BYTE:
        return bytes([number])
    if number < WORD:
        return b"\x81" + number.to_bytes(2, "little")
    return b"\x82" + number.to_bytes(4, "little")

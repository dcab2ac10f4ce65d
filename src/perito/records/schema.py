"""What a record is: a name, and typed fields that carry their meaning, their clock and their kind of observable."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa

from perito.base.times import MAC_EPOCH_SECONDS, WEBKIT_EPOCH_SECONDS

Row = tuple[object, ...]
"""The ref (where in the file it was read), then one raw value for each field, in schema order."""

TIME = pa.timestamp("us", tz="UTC")
LOCAL_TIME = pa.timestamp("us")


@dataclass(frozen=True)
class Clock:
    """How a device counts time: `ticks` a second since `zero` (seconds after 1970); `wide` in either unit.

    Apple's message database counted seconds until iOS 10 and nanoseconds since; a value of 10^11 or more can
    only be nanoseconds (as seconds it would lie in the year 5138).
    """

    zero: int
    ticks: int
    raw: str = "real"
    wide: bool = False


UNIX = Clock(0, 1)
UNIX_MILLISECONDS = Clock(0, 1_000, "integer")
UNIX_MICROSECONDS = Clock(0, 1_000_000, "integer")
MAC_ABSOLUTE = Clock(MAC_EPOCH_SECONDS, 1)
MAC_NANOSECONDS = Clock(MAC_EPOCH_SECONDS, 1_000_000_000, "integer", wide=True)
WEBKIT = Clock(WEBKIT_EPOCH_SECONDS, 1_000_000, "integer")
DATETIME = Clock(0, 1, "datetime")


@dataclass(frozen=True)
class Value:
    """One field's type: its sentence for the data dictionary, its column type, and the observables sought in it.

    `direction` is `told` of the field that tells which way its record went, and `sent` of one that only the owner fills.
    """

    doc: str
    type: str
    arrow: pa.DataType
    observe: str = ""
    clock: Clock | None = None
    direction: str = ""

    @property
    def raw(self) -> str:
        """Say which raw values SQL is expected to give: `integer`, `real` or `text`."""
        if self.clock is not None:
            return self.clock.raw if self.clock.raw in {"integer", "real"} else "text"
        return {"integer": "integer", "flag": "integer", "real": "real"}.get(self.type, "text")


def when(doc: str, clock: Clock = DATETIME) -> Value:
    """Describe a moment, kept in UTC to the microsecond; a raw datetime without a zone is taken as UTC."""
    return Value(doc, "when", TIME, clock=clock)


def local(doc: str) -> Value:
    """Describe a time written in the device's own zone, which the evidence does not name; kept without a zone."""
    return Value(doc, "local", LOCAL_TIME, clock=DATETIME)


def integer(doc: str) -> Value:
    """Describe a whole number of 64 bits with a sign."""
    return Value(doc, "integer", pa.int64())


def outgoing(doc: str) -> Value:
    """Describe which way a record went: 1 the owner's device sent it, 0 it received it, anything else is not known."""
    return replace(integer(doc), direction="told")


def own(value: Value) -> Value:
    """Return the field as one that only the device's owner fills, whichever way its record went: a draft."""
    return replace(value, direction="sent")


def real(doc: str) -> Value:
    """Describe a number that may have a fraction, as a double."""
    return Value(doc, "real", pa.float64())


def flag(doc: str) -> Value:
    """Describe a yes or no; 0 and 1 are read as such, any other number is a problem."""
    return Value(doc, "flag", pa.bool_())


def _textual(kind: str, doc: str) -> Value:
    return Value(doc, kind, pa.string(), observe="" if kind == "text" else kind)


Textual = Callable[[str], Value]
text: Textual = partial(_textual, "text")
"""Words in which nothing is sought."""
message: Textual = partial(_textual, "message")
"""Free text in which every link, address and number is sought."""
url: Textual = partial(_textual, "url")
domain: Textual = partial(_textual, "domain")
ip: Textual = partial(_textual, "ip")
email: Textual = partial(_textual, "email")
phone: Textual = partial(_textual, "phone")
handle: Textual = partial(_textual, "handle")
"""An account of any kind: a phone number, an e-mail address, or a name."""
process: Textual = partial(_textual, "process")
path: Textual = partial(_textual, "path")
file_name: Textual = partial(_textual, "file_name")
storage_name: Textual = partial(_textual, "storage_name")
"""A path whose parts may be named after web sites, as WebKit storage is; also a path."""
digest: Textual = partial(_textual, "hash")
app_id: Textual = partial(_textual, "app_id")
profile: Textual = partial(_textual, "profile")
setting: Textual = partial(_textual, "property")


class Schema:
    """A record's name, such as `ios.call`, and its fields in order; the data dictionary is made from it."""

    def __init__(self, name: str, /, **fields: Value) -> None:
        self.name = name
        self.fields = fields
        self.arrow = pa.schema([("ref", pa.string()), *((key, value.arrow) for key, value in fields.items())])

    def __iter__(self) -> Iterator[tuple[str, Value]]:
        return iter(self.fields.items())

    @property
    def direction(self) -> str | None:
        """Name the field that tells which way a record went; None where the artifact has none."""
        return next((name for name, value in self if value.direction == "told"), None)

    @property
    def times(self) -> list[str]:
        """Name the fields that hold a moment in UTC, the main one first."""
        return [name for name, value in self if value.type == "when"]

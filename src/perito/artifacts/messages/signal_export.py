"""A Signal conversation that a tool such as signal-export wrote out as text (`chat.md`).

Times are local and without a zone. Who exported appears as `Me`, a sender that the tool does not know as `No-Sender`;
somebody who calls themselves `Me` looks the same. See https://github.com/carderne/signal-export.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import text as texts
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import Row, Schema, file_name, handle, local, message, outgoing, text

MESSAGE = Schema(
    "messages.signal",
    written=local("when it was sent, in the zone of the computer that exported it"),
    time_text=text("that time as it is written"),
    account=handle("who wrote it, as the exporting person named them; missing where the tool knew none"),
    outgoing=outgoing("1 when who exported it wrote it, which the tool writes as `Me`, 0 when another one did"),
    attachment=file_name("name of the first file that came with it"),
    text=message("what was written"),
)
START = re.compile(r"\ufeff?\[(\d{4}-\d\d-\d\d),? (\d\d:\d\d(?::\d\d)?)\] (?:([^\n]*?):(?: |$)|)(.*)", re.DOTALL)
OUTGOING = {"Me": 1, "No-Sender": None}
FILE = re.compile(r"!?\[([^\]\n]{1,300})\]\(\./")
LOOKS = rb"\A(?:\xef\xbb\xbf)?\[\d{4}-\d\d-\d\d(?:, \d\d:\d\d\] [^\n]|,? \d\d:\d\d(?::\d\d)?\] [^\n]*  \r?\n)"


@artifact(MESSAGE, "**/chat.md", version=3, looks=LOOKS, optional=True)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a message; the empty lines that the tool puts between messages are not part of them.

    Lines before the first one are a row of their own, without a time.
    """
    for number, start, rest in texts.blocks(path, START, "a message of a Signal export"):
        if start is None:
            yield f"line {number}", None, None, None, None, None, rest.strip()
            yield Partly(f"line {number}", "text before the first message", excerpt(rest))
            continue
        day, hour, account, first = start.groups()
        words = (first + rest).rstrip()
        attached = FILE.search(words)
        who = (account, OUTGOING.get(account, 0) if account else None)
        yield f"line {number}", _moment(f"{day} {hour}"), f"{day} {hour}", *who, attached and attached[1], words


def _moment(written: str) -> datetime | str:
    """Return the time, or the text itself where there is no such time: the schema then tells it."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return written

"""Perito's own form, for lists that are kept and reviewed as text: what holds for all in `#` lines, then one a line.

```
# perito indicators 1
# source: Publisher, name of the list
# campaign: … / # report: … / # published: 2017-06-19 / # licence: …
kind<TAB>value<TAB>campaign<TAB>flags
```
An empty campaign is that of the header; flags are `context` and `exact` (this host only), with a comma between.
"""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.indicator import KINDS, About, Claim, Problem, Said

NAME = "Perito table"
FIRST_LINE = "# perito indicators 1"
COLUMNS = 4
FLAGS = {"", "context", "exact", "context,exact"}


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by the first line."""
    return head.removeprefix("\ufeff").startswith(FIRST_LINE)


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield one claim a line; a line that does not fit is a problem and the next is read."""
    heading: dict[str, str] = {}
    abouts: dict[tuple[str, str], About] = {}
    for number, raw in enumerate(stream, 1):
        line = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if line[:1] == "#":
            name, _, value = line[1:].partition(":")
            heading[name.strip()] = value.strip()
            abouts.clear()
        elif line:
            cells = line.split("\t")
            if len(cells) != COLUMNS or cells[0] not in KINDS or cells[3] not in FLAGS:
                yield Problem(file, f"line {number}", "not a line of this table", excerpt(line))
                continue
            kind, value, campaign, flags = cells
            about = abouts.get((campaign, flags))
            if about is None:
                about = abouts[campaign, flags] = _about(heading, campaign, flags)
            yield Claim(f"line {number}", kind, value, about)


def _about(heading: dict[str, str], campaign: str, flags: str) -> About:
    try:
        published = date.fromisoformat(heading.get("published", ""))
    except ValueError:
        published = None
    return About(
        source=_clean(heading.get("source", "")),
        campaign=_clean(campaign or heading.get("campaign", "")),
        report=_clean(heading.get("report", "")),
        published=published,
        context_only="context" in flags,
        exact_host="exact" in flags,
        licence=_clean(heading.get("licence", "")),
    )


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()

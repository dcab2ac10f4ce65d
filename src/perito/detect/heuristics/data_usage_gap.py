"""Numbers missing from the list of processes that used the network: rows that were there and are gone."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLE = "ios.data_usage_process"
SHOWN = 12
QUERY = f"""
SELECT file, ref, time, number, before FROM (
  SELECT file::VARCHAR AS file, ref, epoch_us(first_seen) AS time, number,
         lag(number, 1, 0) OVER (PARTITION BY file ORDER BY number) AS before FROM "{TABLE}")
WHERE number > before + 1 ORDER BY file, number
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Yield one trait for each database with gaps: its place is the row after the first gap."""
    for file, rows in groupby(tables.rows(QUERY), key=itemgetter(0)):
        gaps = [(str(ref), time, int(str(number)), int(str(before))) for _, ref, time, number, before in rows]
        ranges = [str(low + 1) if high == low + 2 else f"{low + 1}-{high - 1}" for _, _, high, low in gaps]
        more = f" (+{len(ranges) - SHOWN})" if len(ranges) > SHOWN else ""
        count = sum(high - low - 1 for _, _, high, low in gaps)
        first, time, _, _ = gaps[0]
        also = tuple(Place(TABLE, str(file), ref) for ref, *_ in gaps[1:SHOWN])
        seen = moment(time)
        value = "ZPROCESS " + ", ".join(ranges[:SHOWN]) + more
        yield Trait(Place(TABLE, str(file), first), seen, value, also, (("count", str(count)),))


HEURISTIC = Heuristic(
    id="data_usage_gap",
    version=1,
    grade="weak",
    trace="process",
    tables=(TABLE,),
    sees="numbers that are missing in the sequence of processes which used the network",
    rests_on="Amnesty International, Forensic Methodology Report (2021), and the check of the Mobile Verification Toolkit",
    wrong_when="very often: updates, removed apps and restored backups leave the same gaps",
    strength="weak; it alone never decides a verdict",
    says=mark("Rows missing from the list of processes that used the network: {count} ({value})."),
    does_not_show=mark("Why they are missing. Ordinary updates and removed apps leave the same gaps on most phones."),
    references=("Amnesty International, Forensic Methodology Report: How to catch NSO Group's Pegasus, 2021-07-18",),
    look=look,
)

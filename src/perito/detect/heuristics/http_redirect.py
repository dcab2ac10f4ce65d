"""A page asked for without encryption that led to another site within a second: how a link is answered by an injector."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from perito.base.times import MICROSECOND
from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark
from perito.records.suffixes import registrable
from perito.records.urls import parse

TABLE = "ios.safari_visit"
PAIRS = f"""
SELECT a.file::VARCHAR, a.ref, b.ref, epoch_us(a.visited), epoch_us(b.visited) - epoch_us(a.visited), a.url, b.url
FROM "{TABLE}" AS a JOIN "{TABLE}" AS b
  ON b.file = a.file AND b.ref = 'history_visits ' || a.redirect_destination
WHERE a.url ILIKE 'http://%' AND abs(epoch_us(b.visited) - epoch_us(a.visited)) < {MICROSECOND}
ORDER BY a.file::VARCHAR, a.ref, b.ref
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Join each visit with the one it was redirected to (one hash join, linear), and keep pairs of different sites."""
    rows = tables.rows(PAIRS)
    for _, pairs in groupby(rows, key=itemgetter(0, 1)):
        file, ref, target, began, lasted, source, goal = next(pairs)
        if _site(str(source)) in {None, _site(str(goal))}:
            continue
        seconds = f"{int(str(lasted)) / MICROSECOND:.3f}"
        place = Place(TABLE, str(file), str(ref))
        also = (Place(TABLE, str(file), str(target)),)
        yield Trait(place, moment(began), f"{source} → {goal}", also, (("seconds", seconds),))


def _site(url: str) -> str | None:
    parsed = parse(url)
    return None if parsed is None else registrable(parsed.host) or parsed.host


HEURISTIC = Heuristic(
    id="http_redirect",
    version=1,
    grade="weak",
    trace="network",
    tables=(TABLE,),
    sees="a Safari visit to an http:// address that was redirected to a page of another site in under one second",
    rests_on="Amnesty International, Moroccan human rights defenders targeted (2019) and Forensic Methodology Report (2021)",
    wrong_when="advertising, short links, captive portals and old sites that moved redirect in the same way every day",
    strength="weak alone; it gains weight when the second address is a published indicator or a process follows",
    says=mark("An unencrypted page led to another site within {seconds} seconds: {value}."),
    does_not_show=mark("Who caused the redirect: most are made by ordinary sites, advertising and short links."),
    references=(
        "Amnesty International, Morocco: Human Rights Defenders Targeted with NSO Group's Spyware, 2019-10-10",
        "Amnesty International, Forensic Methodology Report: How to catch NSO Group's Pegasus, 2021-07-18",
    ),
    look=look,
)

"""Short links in messages: what lies behind them is unknown, and nobody must open them to find out."""

from collections.abc import Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark
from perito.records.urls import is_shortener, parse

QUERY = """
SELECT artifact::VARCHAR, file::VARCHAR, ref, epoch_us(time), value, direction::VARCHAR FROM observables
WHERE kind = 'url' AND (artifact::VARCHAR LIKE 'ios.message' OR artifact::VARCHAR LIKE 'messages.%'
   OR artifact::VARCHAR LIKE 'ios.whatsapp_message')
"""


SENT = (
    mark("A message that was sent or written on this device holds the short link {value}; it was not looked up."),
    mark("Where the link leads, or that anybody sent it to the owner. Do not open it all the same."),
)


def look(tables: Tables) -> Iterator[Trait]:
    """Yield each message with a short link once, in the order of time and place."""
    found = {}
    for artifact, file, ref, time, value, direction in tables.rows(QUERY):
        place = Place(str(artifact), str(file), str(ref))
        url = parse(str(value))
        if place not in found and url is not None and is_shortener(url.host) and len(url.path) > 1:
            said = SENT if direction == "sent" else None
            found[place] = Trait(place, moment(time), str(value), sentences=said)
    yield from sorted(found.values(), key=lambda one: (one.time or "", one.place))


HEURISTIC = Heuristic(
    id="short_link",
    version=1,
    grade="context",
    trace="message",
    tables=("observables",),
    sees="a link of a known shortening service in a message, with a path",
    rests_on="Citizen Lab, Reckless Exploit (2017): 48 of 133 published links of the Mexican cases were short links",
    wrong_when="almost always: short links are common in ordinary messages",
    strength="context only; a short link that was itself published is matched as an indicator",
    says=mark("A message holds the short link {value}; where it leads is not known and was not looked up."),
    does_not_show=mark(
        "Where the link leads. Do not open it: that may warn the sender or attack the one who opens it."
    ),
    references=("Citizen Lab, Reckless Exploit, 2017-06-19",),
    look=look,
    yields=True,
)

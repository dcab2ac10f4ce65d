"""What a table says about the value of each row: publisher, campaign, report, day, licence, and whether it is context."""

from collections.abc import Callable
from datetime import date
from operator import itemgetter

from perito.indicators.formats.csv_cells import YES
from perito.indicators.formats.csv_columns import Columns
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.misp_json import day
from perito.indicators.indicator import About
from perito.indicators.ordinary import NO_WORD

WORDS = ("source", "campaign", "report", "licence", "context_only", "exact_host")


class Abouts:
    """What the rows of a table with these columns say, each thing kept once: many say the same at another second."""

    def __init__(self, columns: Columns) -> None:
        roles = columns.roles
        self._width = columns.width
        self._names = [role for role in WORDS if role in roles]
        self._places = [roles[role] for role in self._names]
        self._day_at = roles.get("date", -1)
        self._said: dict[tuple[date | None, tuple[str, ...]], About] = {}
        places = self._places
        self._words_of: Callable[[list[str]], tuple[str, ...]] = (
            itemgetter(*places) if len(places) > 1 else lambda cells: tuple([cells[place] for place in places])
        )

    def of(self, cells: list[str]) -> About:
        """Return what a row says; what it has no cell for is not said."""
        if len(cells) == self._width:
            words = self._words_of(cells)
        else:
            words = tuple([cells[place] if place < len(cells) else "" for place in self._places])
        published = day(cells[self._day_at]) if 0 <= self._day_at < len(cells) else None
        return self._said.get((published, words)) or self._new(published, words)

    def _new(self, published: date | None, words: tuple[str, ...]) -> About:
        told = {
            name: "" if NO_WORD.fullmatch(word.strip()) else well_formed(word.strip())
            for name, word in zip(self._names, words, strict=True)
        }
        campaign = told.get("campaign", "")
        about = self._said[published, words] = About(
            source=told.get("source", ""),
            campaign=campaign,
            report=told.get("report", "") or campaign,
            published=published,
            licence=told.get("licence", ""),
            context_only=told.get("context_only", "") in YES,
            exact_host=told.get("exact_host", "") in YES,
        )
        return about

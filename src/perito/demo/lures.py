"""What was planted on the demo phone: published links of 2016 in messages that we made up."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from perito.demo.phone import Chat, Sms, Visit

CAMPAIGN = "Pegasus in Mexico"
SHORT = ("bit.ly", "tinyurl.com")
SENDERS = ("+525555500181", "+525555500182", "+525555500183", "32665")


class Published(NamedTuple):
    """Indicators that somebody published: whole links, short links, and domains."""

    links: tuple[str, ...]
    short: tuple[str, ...]
    domains: tuple[str, ...]


def baseline() -> Iterator[tuple[str, str, str]]:
    """Give kind, value and campaign of every indicator that comes with the package."""
    from perito.indicators.bundle import load

    table = load(()).table.select(["kind", "value", "campaign"])
    yield from ((row["kind"], row["value"], row["campaign"]) for row in table.to_pylist())


def published(rows: Iterable[tuple[str, str, str]]) -> Published:
    """Choose from (kind, value, campaign) what belongs to the Mexican reports of 2016-17, in a fixed order."""
    kept = sorted({(kind, value) for kind, value, campaign in rows if campaign.startswith(CAMPAIGN)})
    urls = [value for kind, value in kept if kind == "url"]
    short = tuple(url for url in urls if url.split("/")[2] in SHORT)
    domains = tuple(value for kind, value in kept if kind == "domain")
    whole = [url for url in urls if url not in short and "[" not in url and url.split("/")[2] in domains]
    return Published(tuple(_one_of_each(whole, domains)), short, domains)


def _one_of_each(urls: Sequence[str], domains: Sequence[str]) -> Iterator[str]:
    """Give the links domain by domain in turn, so that the first ones name as many domains as there are."""
    piles = [[url for url in urls if url.split("/")[2] == domain] for domain in domains]
    for row in itertools.zip_longest(*piles):
        yield from (url for url in row if url)


def messages(told: Published) -> list[Sms]:
    """Return the six lures. The fourth is only in `attributedBody`; the fifth hides behind a shortener."""
    link = told.links
    return [
        Sms(_at(2016, 3, 14, 20, 12), SENDERS[0], f"Aviso: su línea tiene un cargo de $2,914 sin aclarar. {link[0]}"),
        Sms(_at(2016, 4, 26, 15, 3), SENDERS[1], f"Alma, circula una foto tuya saliendo del archivo: {link[1]}"),
        Sms(_at(2016, 5, 19, 7, 41), SENDERS[0], f"Paquete 4471 detenido por domicilio incompleto {_bare(link[2])}"),
        Sms(
            *(_at(2016, 6, 7, 23, 18), SENDERS[2], f"Te dejo el audio de la junta, bórralo después: {link[3]}"),
            service="iMessage",
            hidden=True,
        ),
        Sms(
            _at(2016, 7, 11, 13, 26), SENDERS[1], f"Encuesta sobre riesgos para periodistas, 3 minutos {told.short[0]}"
        ),
        Sms(
            _at(2016, 8, 2, 9, 55), SENDERS[3], f"Hay una queja registrada a su nombre, folio 118. Consulte: {link[4]}"
        ),
    ]


def warning(told: Published) -> Chat:
    """Return a colleague's warning, with the link defanged as careful people do."""
    safe = told.links[5 % len(told.links)].replace("http", "hxxp", 1).replace(".", "[.]")
    return Chat(
        _at(2016, 8, 3, 10, 22), "+525555500104", f"Ojo Alma, a Darío le llegó esto y no hay que abrirlo: {safe}"
    )


def click(told: Published, first: int) -> list[Visit]:
    """Return the visit that followed the second lure, and where it led within half a second; `first` is its number."""
    when = _at(2016, 4, 26, 15, 4)
    url = "http://" + told.links[1].partition("://")[2]
    harmless = Visit(when + 0.4, "https://www.noticiasdelvalle.example/galeria/77", "Galería", first)
    return [Visit(when, url), harmless]


def _bare(url: str) -> str:
    return url.partition("://")[2]


def _at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]

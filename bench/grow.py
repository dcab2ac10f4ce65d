"""Builds the backups of the benchmark: an ordinary phone of a given size with everything of `planted` in it."""

import itertools
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from bench import feed
from bench.names import SUFFIXES, WORDS, Names
from bench.planted import PLACES, Plant, plants
from perito.demo import words
from perito.demo.backup import build
from perito.demo.phone import (
    App,
    Call,
    Chat,
    Event,
    Interaction,
    Listed,
    Permission,
    Person,
    Phone,
    Process,
    Sms,
    Tab,
    Visit,
)

VERSION = 5  # of what is built; older builds are made anew
BEGIN, END = 1_514_764_800.0, 1_609_459_200.0  # 2018 to 2020
PASSWORD, ENCRYPTED = "una clave de prueba", "e"
REDIRECTS = 0.002
SITES = 4000


class Size(NamedTuple):
    """Rows of each kind, planted ones not counted."""

    messages: int
    whatsapp: int
    visits: int
    interactions: int
    files: int

    @property
    def rows(self) -> int:
        return sum(self)


SIZES = {
    "XS": Size(500, 500, 2_000, 500, 500),
    "S": Size(10_000, 10_000, 50_000, 20_000, 20_000),
    "M": Size(30_000, 30_000, 150_000, 60_000, 60_000),
    "L": Size(100_000, 100_000, 500_000, 200_000, 200_000),
}


class Truth(NamedTuple):
    """Where a plant came to lie; no `ref` where the key of the row is not known beforehand."""

    form: str
    kind: str
    value: str
    file: str
    ref: str | None
    decoy: bool


def size_of(name: str) -> Size:
    """Return the rows of a size; `Se` is S, encrypted."""
    return SIZES[name.removesuffix(ENCRYPTED)]


def backup(folder: Path, name: str) -> list[Truth]:
    """Build the backup of one size into `folder`, unless it is there, and return what is planted in it."""
    mark = folder / "truth.json"
    if mark.exists():
        held = json.loads(mark.read_text(encoding="utf-8"))
        if held["version"] == VERSION:
            return [Truth(*row) for row in held["planted"]]
    shutil.rmtree(folder, ignore_errors=True)
    truth: list[Truth] = []
    password = PASSWORD if name.endswith(ENCRYPTED) else None
    build(folder / "backup", _phone(size_of(name), list(plants(Names(1))), truth), password=password)
    told = {"version": VERSION, "size": name, "planted": truth}
    mark.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return truth


def indicators(folder: Path, total: int) -> Path:
    """Write `total` indicators into a folder of their own, unless they are there, and return it."""
    place = folder / f"indicators-{VERSION}-{total}"
    if not place.exists():
        feed.write(place, ((plant.kind, plant.value) for plant in plants(Names(1))), total, seed=2)
    return place


def _phone(size: Size, planted: list[Plant], truth: list[Truth]) -> Phone:
    life = Life(3)
    many = size.messages // 100
    held: dict[str, Iterable[Any]] = {
        "messages": life.messages(size.messages),
        "whatsapp": life.chats(size.whatsapp),
        "visits": life.visits(size.visits),
        "chrome": life.visits(many, redirects=0),
        "firefox": life.visits(many, redirects=0),
        "interactions": life.interactions(size.interactions),
        "files": life.files(size.files),
        "calls": (Call(when, life.peer(), 30.0) for when in life.times(many)),
        "contacts": life.people(),
        "events": (Event(when, when + 3600, "Junta", "") for when in life.times(many)),
        "processes": (Process(END, f"{word}d{number}") for number, word in enumerate(WORDS * 5)),
        "permissions": (Permission(END, "kTCCServiceCamera", f"com.{word}.app") for word in WORDS),
        "tabs": (Tab(END, f"https://www.{word}.com/") for word in WORDS),
        "apps": (App(f"com.{word}.app", word) for word in WORDS),
    }
    counts = {**size._asdict(), "chrome": many, "firefox": many}
    fields = {}
    for field, (file, table) in PLACES.items():
        mine = [plant for plant in planted if plant.field == field]
        note = _note(truth, file, table)
        fields[field] = mixed(held.get(field, ()), mine, counts.get(field, len(mine)), note)
    return replace(Phone(), when=END, **fields)


def _note(truth: list[Truth], file: str, table: str) -> Callable[[Plant, int], None]:
    def note(plant: Plant, number: int) -> None:
        ref = f"{table} {number}" if table and plant.placed else None
        truth.append(Truth(plant.form, plant.kind, plant.value, file, ref, plant.decoy))

    return note


def mixed(rows: Iterable[Any], planted: list[Plant], count: int, note: Callable[[Plant, int], None]) -> Iterator[Any]:
    """Give the rows with the plants spread evenly among them; a row that follows a redirect stays behind its source."""
    step = max(1, count // (len(planted) + 1))
    waiting = iter(planted)
    number, when = 0, BEGIN
    for seen, row in enumerate(rows, 1):
        follows = getattr(row, "source", None) is not None
        if seen % step == 0 and not follows and (plant := next(waiting, None)):
            number += 1
            note(plant, number)
            yield _dated(plant.row, when)
        number += 1
        when = getattr(row, "when", when) or when
        yield row._replace(source=number - 1) if follows else row
    for plant in waiting:
        number += 1
        note(plant, number)
        yield _dated(plant.row, when)


def _dated(row: Any, when: float) -> Any:
    if isinstance(row, Event):
        return row._replace(start=when, end=when + 3600)
    return row._replace(when=when) if hasattr(row, "when") else row


class Life:
    """Ordinary rows, in order of time, from one seed."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        names = Names(seed)
        sites = (f"{self.draw.choice(WORDS)}{names.label(6)}.{self.draw.choice(SUFFIXES)}" for _ in range(SITES))
        known = ("www.google.com", "es.wikipedia.org", "www.youtube.com", "www.facebook.com", "en.wikipedia.org")
        self.sites = [*known, *(f"www.{site}" if number % 2 else site for number, site in enumerate(sites))]
        self.peers = [f"+5255559{number:05d}" for number in range(500)]

    def times(self, count: int) -> Iterator[float]:
        step = (END - BEGIN) / max(1, count)
        return (round(BEGIN + step * (number + self.draw.random()), 3) for number in range(count))

    def peer(self) -> str:
        return self.peers[min(int(self.draw.expovariate(0.03)), len(self.peers) - 1)]

    def address(self) -> str:
        site = self.sites[min(int(self.draw.expovariate(0.002)), len(self.sites) - 1)]
        word, number = self.draw.choice(WORDS), self.draw.randrange(200)
        return f"https://{site}/{word}/{number}" + (f"?id={number * 7}&ref=inicio" if number % 3 == 0 else "")

    def text(self) -> str:
        """Return a sentence; one in eight holds a link."""
        draw = self.draw
        sentence = draw.choice(words.SPANISH if draw.random() < 0.7 else words.ENGLISH)
        number = draw.randrange(60)
        text = sentence.format(
            name=words.FIRST[number % 23],
            place=words.PLACES[number % 12],
            thing=words.THINGS[number % 14],
            topic=words.TOPICS[number % 12],
            number=number,
            hour=f"{8 + number % 12}:30",
            code=100_000 + number * 7919,
            link=self.address(),
        )
        return f"{text} {self.address()}" if draw.random() < 0.1 else text

    def messages(self, count: int) -> Iterator[Sms]:
        for number, when in enumerate(self.times(count)):
            mine = number % 5 < 2
            service = "iMessage" if number % 3 else "SMS"
            yield Sms(when, self.peer(), self.text(), mine, service, read=None if mine else when + 30)

    def chats(self, count: int) -> Iterator[Chat]:
        for number, when in enumerate(self.times(count)):
            group = number % 4 == 0
            peer = f"{self.draw.randrange(20)}-1514764800@g.us" if group else self.peer()
            yield Chat(when, peer, self.text(), number % 3 == 0, "Ana" if group else "")

    def visits(self, count: int, redirects: float = REDIRECTS) -> Iterator[Visit]:
        """Give visits; every five-hundredth came by a redirect, most of them from http to another site."""
        every = round(1 / redirects) if redirects else 0
        for number, when in enumerate(self.times(count), 1):
            if every and number % every == 0:
                yield Visit(when - 0.5, "http://" + self.address().partition("://")[2])
                yield Visit(when, self.address(), "", 0)
            elif not every or number % every != every - 1:
                yield Visit(when, self.address(), "Página")

    def interactions(self, count: int) -> Iterator[Interaction]:
        for number, when in enumerate(self.times(count)):
            app = "com.apple.MobileSMS" if number % 2 else "net.whatsapp.WhatsApp"
            yield Interaction(when, self.peer(), "Ana", app, number % 3 == 0, 1.5)

    def people(self) -> Iterator[Person]:
        for number, (peer, first) in enumerate(zip(self.peers, itertools.cycle(words.FIRST), strict=False)):
            yield Person(first, words.LAST[number % 20], (peer,))

    def files(self, count: int) -> Iterator[Listed]:
        """Give rows of the manifest: three in ten are files, nearly empty, the others folders."""
        for number, when in enumerate(self.times(count)):
            domain = f"AppDomain-com.{WORDS[number % 24]}.app"
            folder = f"Library/Caches/{WORDS[number // 24 % 24]}/{number // 576:05d}"
            if number % 10 < 3:
                yield Listed(domain, f"{folder}/data-{number}.bin", b"x", 1, when)
            else:
                yield Listed(domain, f"{folder}/part-{number}", None, 2, when)

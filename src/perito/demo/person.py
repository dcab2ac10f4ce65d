"""The demo: Alma, an invented journalist in Mexico City, 2016. Only the links she was sent are real, and published."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from perito.demo import lures, words
from perito.demo.lures import Published
from perito.demo.phone import (
    App,
    Attachment,
    Call,
    Chat,
    Client,
    Event,
    Interaction,
    Listed,
    Lookup,
    Permission,
    Person,
    Phone,
    Process,
    Sms,
    Tab,
    Traffic,
    Visit,
)

BEGIN = datetime(2015, 11, 2, tzinfo=UTC).timestamp()
END = datetime(2016, 12, 18, tzinfo=UTC).timestamp()
DAY = 86_400
GROUPS = ("525555500104-1446400000@g.us", "525555500110-1446500000@g.us")
EMPTY_PICTURE = b"\xff\xd8\xff\xd9"
MESSAGES, CHATS, VISITS, CALLS, MEETINGS, FILES = 4000, 3000, 5000, 450, 90, 900


class Life:
    """Draws from one seed, so that the same seed gives the same phone."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)  # noqa: S311 - not for secrets
        names = [(first, last) for first in words.FIRST for last in words.LAST]
        self.people = [
            Person(first, last, (f"+5255555001{key:02d}",), (f"{first[0].lower()}{key}@correo.example",), BEGIN)
            for key, (first, last) in enumerate(self.draw.sample(names, 60), 1)
        ]

    def moments(self, count: int) -> list[float]:
        """Return `count` times in order, in the hours in which people are awake in Mexico (13 to 5 UTC)."""
        days = round((END - BEGIN) / DAY)
        return sorted(
            BEGIN + DAY * self.draw.randrange(days) + 3600 * 13 + round(self.draw.triangular(0, 16 * 3600), 3)
            for _ in range(count)
        )

    def say(self, sentence: str) -> str:
        """Return the sentence with its slots filled."""
        draw = self.draw
        slots = {
            "name": draw.choice(words.FIRST),
            "place": draw.choice(words.PLACES),
            "thing": draw.choice(words.THINGS),
            "topic": draw.choice(words.TOPICS),
            "number": draw.randint(2, 60),
            "hour": f"{draw.randint(8, 21)}:{draw.choice(('00', '30'))}",
            "code": draw.randint(100_000, 999_999),
        }
        return sentence.format(link=draw.choice(words.LINKS).format(**slots), **slots)

    def messages(self, count: int) -> Iterator[Sms]:
        """Give ordinary messages, most of them with a few close people, a few with a photo."""
        for when in self.moments(count):
            key = min(int(self.draw.expovariate(0.12)), len(self.people) - 1)
            mine = self.draw.random() < 0.45
            text = self.say(self.draw.choice(words.ENGLISH if key % 5 == 0 else words.SPANISH))
            service = "iMessage" if key % 3 else "SMS"
            photo = None
            if self.draw.random() < 0.01:
                number = self.draw.randint(1000, 9999)
                photo = Attachment(f"~/Library/SMS/Attachments/{number % 256:02x}/IMG_{number}.JPG", size=number * 97)
            seen = None if mine else when + self.draw.randint(5, 4000)
            yield Sms(when, self.people[key].phones[0], text, mine, service, read=seen, attachment=photo)

    def chats(self, count: int) -> Iterator[Chat]:
        """Give ordinary WhatsApp messages: half of them in the groups of the newsroom and of the family."""
        for when in self.moments(count):
            mine = self.draw.random() < 0.35
            if self.draw.random() < 0.5:
                author = "" if mine else self.draw.choice(self.people).first
                text = self.say(self.draw.choice(words.CHATTER))
                yield Chat(when, self.draw.choice(GROUPS), text, mine, author)
            else:
                key = min(int(self.draw.expovariate(0.2)), len(self.people) - 1)
                text = self.say(self.draw.choice(words.SPANISH))
                yield Chat(when, self.people[key].phones[0], text, mine)

    def visits(self, count: int) -> Iterator[Visit]:
        """Give ordinary visits."""
        for when in self.moments(count):
            url, title = self.draw.choice(words.SITES)
            yield Visit(when, self.say(url), title)


def phone(told: Published, *, seed: int = 2016, scale: float = 1.0) -> Phone:
    """Return Alma's phone with what was planted on it; the same indicators, seed and scale give the same phone.

    At scale 1 it holds some 4,000 messages, 3,000 chats, 5,000 visits and 450 calls.
    """

    def share(count: int) -> int:
        return max(1, round(count * scale))

    life = Life(seed)
    messages = sorted([*life.messages(share(MESSAGES)), *lures.messages(told)], key=_when)
    chats = sorted([*life.chats(share(CHATS)), lures.warning(told)], key=_when)
    owner = Phone(
        name="iPhone de Alma",
        number="+525555500100",
        model="iPhone8,1",
        when=END + DAY,
        apps=[App(bundle, name) for bundle, name in (row.split() for row in words.APPS)],
        messages=messages,
        whatsapp=chats,
        whatsapp_contacts=life.people[:30],
        visits=_browsed(life, told, share(VISITS)),
        tabs=[Tab(END, "https://elpregonero.example/", "El Pregonero del Valle", ("https://www.google.com/",))],
        chrome=list(life.visits(share(VISITS // 20))),
        calls=list(_calls(life, share(CALLS))),
        contacts=life.people,
        events=list(_events(life, share(MEETINGS))),
        interactions=_touched(life, messages, chats),
    )
    return _machine(life, owner, share(FILES))


def _when(row: Sms | Chat) -> float:
    return row.when


def _touched(life: Life, messages: list[Sms], chats: list[Chat]) -> list[Interaction]:
    """Return what CoreDuet notes of each message to or from one person."""
    names = {number: f"{person.first} {person.last}" for person in life.people for number in person.phones}
    seen = [(row.when, row.peer, row.from_me, "com.apple.MobileSMS") for row in messages if row.peer]
    seen += [(row.when, row.peer, row.from_me, "net.whatsapp.WhatsApp") for row in chats if "@" not in row.peer]
    return [Interaction(when, peer, names.get(peer, ""), app, mine) for when, peer, mine, app in sorted(seen)]


def _browsed(life: Life, told: Published, count: int) -> list[Visit]:
    """Return the history in order of time, with the click on a lure in its place."""
    ordinary = list(life.visits(count))
    first = 1 + sum(row.when < lures.click(told, 0)[0].when for row in ordinary)
    return [*ordinary[: first - 1], *lures.click(told, first), *ordinary[first - 1 :]]


def _calls(life: Life, count: int) -> Iterator[Call]:
    for when in life.moments(count):
        person = life.draw.choice(life.people[:25])
        seconds = 0.0 if life.draw.random() < 0.2 else round(life.draw.expovariate(1 / 180), 2)
        yield Call(when, person.phones[0], seconds, life.draw.random() < 0.5)


def _events(life: Life, count: int) -> Iterator[Event]:
    for when in life.moments(count):
        start = when // 1800 * 1800
        host = life.draw.choice(life.people[:10]).emails[0] if life.draw.random() < 0.3 else ""
        title = life.say(life.draw.choice(words.MEETINGS))
        yield Event(start, start + 3600, title, "", host, start - 3 * DAY)


def _machine(life: Life, owner: Phone, files: int) -> Phone:
    """Return the phone with what it wrote of itself: programs, permissions, settings and files."""
    named = [row.split() for row in words.PROCESSES]
    apps = [row.split()[0] for row in words.APPS]
    asked = itertools.product(apps, ("kTCCServiceCamera", "kTCCServiceMicrophone", "kTCCServicePhotos"))
    return replace(
        owner,
        processes=[
            Process(END - 60 * key, name, bundle[0] if bundle else None, BEGIN + key)
            for key, (name, *bundle) in enumerate(named)
        ],
        permissions=[
            Permission(BEGIN + key, service, app, life.draw.random() < 0.7) for key, (app, service) in enumerate(asked)
        ],
        lookups=[Lookup(END - key * DAY, f"mailto:{row.emails[0]}") for key, row in enumerate(life.people[:20])],
        clients=[Client(app, stopped=END - key * 3600) for key, app in enumerate(apps)],
        traffic=[Traffic(END, name, (1e5 * key, 2e4 * key)) for key, (name, *_) in enumerate(named, 1)],
        preferences={
            "AppleLocale": "es_MX",
            "AppleLanguages": ["es-MX", "en-MX"],
            "AppleKeyboards": ["es_MX", "en_US"],
        },
        files=[
            Listed("CameraRollDomain", f"Media/DCIM/100APPLE/IMG_{key:04d}.JPG", EMPTY_PICTURE, 1, when)
            for key, when in enumerate(life.moments(files), 1)
        ],
    )

"""What is planted in a benchmark backup, and where: each has an indicator of its own, so that a hit tells which it was.

Decoys resemble an indicator that is planted nowhere: whoever reports it, reports a stranger.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from bench.names import Names
from perito.demo.phone import (
    App,
    Attachment,
    Call,
    Chat,
    Client,
    Event,
    Icon,
    Interaction,
    Listed,
    Lookup,
    Permission,
    Person,
    Process,
    Profile,
    Shortcut,
    Site,
    Sms,
    Tab,
    Traffic,
    Visit,
)

HOME = "HomeDomain/Library/"
WHATSAPP = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite"
CHROME = "AppDomain-com.google.chrome.ios/Library/Application Support/Google/Chrome/Default/"
FIREFOX = "AppDomainGroup-group.org.mozilla.ios.Firefox/profile.profile/browser.db"
SAFARI = "AppDomain-com.apple.mobilesafari/Library/WebKit/WebsiteData/"
PLACES: dict[str, tuple[str, str]] = {  # field of the phone: file, and table if the row's number is its key
    "messages": (HOME + "SMS/sms.db", "message"),
    "whatsapp": (WHATSAPP, "ZWAMESSAGE"),
    "visits": (HOME + "Safari/History.db", "history_visits"),
    "tabs": (HOME + "Safari/BrowserState.db", "tabs"),
    "chrome": (CHROME + "History", "visits"),
    "chrome_icons": (CHROME + "Favicons", ""),
    "firefox": (FIREFOX, "visits"),
    "firefox_icons": (FIREFOX, ""),
    "sites": (SAFARI + "ResourceLoadStatistics/observations.db", "ObservedDomains"),
    "session_sites": (SAFARI + "ResourceLoadStatistics/full_browsing_session_resourceLog.plist", ""),
    "calls": (HOME + "CallHistoryDB/CallHistory.storedata", "ZCALLRECORD"),
    "contacts": (HOME + "AddressBook/AddressBook.sqlitedb", ""),
    "events": (HOME + "Calendar/Calendar.sqlitedb", ""),
    "processes": ("WirelessDomain/Library/Databases/DataUsage.sqlite", ""),
    "permissions": (HOME + "TCC/TCC.db", ""),
    "interactions": (HOME + "CoreDuet/People/interactionC.db", ""),
    "lookups": (HOME + "Preferences/com.apple.identityservices.idstatuscache.plist", ""),
    "clients": ("RootDomain/Library/Caches/locationd/clients.plist", ""),
    "traffic": (HOME + "Preferences/com.apple.osanalytics.addaily.plist", ""),
    "shortcuts": (HOME + "Shortcuts/Shortcuts.sqlite", ""),
    "profiles": ("", ""),
    "apps": ("", ""),
    "files": ("Manifest.db", ""),
}
LINKS = {
    "link": "https://{d}/a/1",
    "link, http": "http://{d}/a/1",
    "link, upper case": "HTTPS://{upper}/A",
    "link, port": "https://{d}:8443/x",
    "link, user-info": "https://www.google.com@{d}/x",
    "link, trailing dot": "https://{d}./x",
    "link, child host": "https://cdn1.{d}/x",
    "link, www": "https://www.{d}/x",
    "redirect parameter": "https://www.google.com/url?q={quoted}&sa=D",
    "redirect parameter, nested": "https://l.facebook.com/l.php?u={nested}",
}
WRITTEN = {
    "bare domain": "busca {d} y entra",
    "bare domain, path": "entra a {d}/a/1 hoy",
    "hxxp": "ojo con hxxp://{d}/x",
    "hxxps, dots in brackets": "no abras hxxps://{dots}/x",
    "in parentheses": "mira (https://{d}/x)",
    "in angle brackets": "mira <https://{d}/x>",
    "end of a sentence": "Lee https://{d}.",
    "ideographic full stop": "abre https://{wide}/x",
}
ADDRESSES = {
    "url": "{u}",
    "url, http for https": "http://{rest}",
    "url, trailing slash": "{u}/",
    "url, default port": "https://{host}:443/{path}",
    "url, host in upper case": "https://{HOST}/{path}",
    "url, fragment": "{u}#inicio",
}
DECOYS = {  # of a domain
    "ends with the same letters": "https://not{d}/x",
    "has it as a child": "https://{d}.{other}/x",
    "has a further suffix": "https://{d}.mx/x",
    "a hyphen for a dot": "https://{hyphens}.com/x",
    "inside a word of a query": "https://{other}/?q=sobre-{d}-opinion",
    "in a path": "https://{other}/wiki/{d}-resumen",
}
DECOY_ADDRESSES = {
    "same host, another path": "https://{host}/otra",
    "same path and more": "{u}x",
    "same path, another host": "https://{other}/{path}",
}


class Plant(NamedTuple):
    """A row to put into a field of the phone; `form` says how the indicator hides in it."""

    form: str
    kind: str
    value: str
    field: str
    row: Any
    decoy: bool = False
    placed: bool = True  # False: the row that holds it is of another table, with a key of its own


def plants(names: Names) -> Iterator[Plant]:
    """Give everything that is planted, decoys too."""
    yield from _links(names)
    yield from _written(names)
    yield from _addresses(names)
    yield from _browsers(names)
    yield from _people(names)
    yield from _machine(names)
    yield from _decoys(names)
    yield from _other_decoys(names)


def _spellings(d: str) -> dict[str, str]:
    inner = f"https://{d}/x"
    once = quote(inner, safe="")
    nested = quote(f"https://www.google.com/url?q={once}", safe="")
    more = {"quoted": once, "nested": nested, "hyphens": d.replace(".", "-")}
    return {"d": d, "upper": d.upper(), "dots": d.replace(".", "[.]"), "wide": d.replace(".", "\u3002"), **more}


def _sms(text: str, **more: Any) -> Sms:
    return Sms(0, "+525555500120", text, **more)


def _links(names: Names) -> Iterator[Plant]:
    for form, template in LINKS.items():
        for field in ("messages", "messages", "whatsapp", "visits"):
            d = names.domain()
            link = template.format(**_spellings(d))
            rows = {"messages": _sms(f"Mira {link} ya"), "whatsapp": _chat(f"Mira {link} ya"), "visits": Visit(0, link)}
            yield Plant(form, "domain", d, field, rows[field])
    for form, link_of, value_of in (
        ("unicode link, punycode indicator", str, lambda d: d.encode("idna").decode()),
        ("punycode link, unicode indicator", lambda d: d.encode("idna").decode(), str),
    ):
        for field in ("messages", "visits"):
            d = names.unicode_domain()
            link = f"https://{link_of(d)}/x"
            row = _sms(f"ve {link}") if field == "messages" else Visit(0, link)
            yield Plant(form, "domain", value_of(d), field, row)


def _chat(text: str, **more: Any) -> Chat:
    return Chat(0, "+525555500121", text, **more)


def _written(names: Names) -> Iterator[Plant]:
    for form, template in WRITTEN.items():
        for field in ("messages", "whatsapp"):
            d = names.domain()
            text = template.format(**_spellings(d))
            yield Plant(form, "domain", d, field, _sms(text) if field == "messages" else _chat(text))
    for service in ("SMS", "iMessage"):
        d = names.domain()
        yield Plant(
            "only in attributedBody", "domain", d, "messages", _sms(f"ve https://{d}/x", hidden=True, service=service)
        )
    d = names.domain()
    yield Plant("message without a handle", "domain", d, "messages", Sms(0, "", f"ve https://{d}/x"))
    d = names.domain()
    yield Plant(
        "WhatsApp, media address", "domain", d, "whatsapp", _chat("foto", media=f"https://mmg.{d}/x"), placed=False
    )
    d = names.domain()
    yield Plant("WhatsApp, preview", "domain", d, "whatsapp", _chat("mira", link=f"https://{d}/x"), placed=False)


def _addresses(names: Names) -> Iterator[Plant]:
    for form, template in ADDRESSES.items():
        for field in ("messages", "visits"):
            u = names.url()
            host, _, path = u.removeprefix("https://").partition("/")
            spelled = {"u": u, "rest": u.removeprefix("https://"), "host": host, "HOST": host.upper(), "path": path}
            link = template.format(**spelled)
            yield Plant(form, "url", u, field, _sms(f"Abre {link} pronto") if field == "messages" else Visit(0, link))
    short = f"https://bit.ly/{names.label(7)}"
    yield Plant("short link", "url", short, "messages", _sms(f"Responde {short}"))
    for form, spell in (
        ("ip", str),
        ("ip, as one number", _decimal),
        ("ip, hexadecimal", lambda ip: hex(int(_decimal(ip)))),
    ):
        for field in ("messages", "visits"):
            ip = names.ip()
            link = f"http://{spell(ip)}/x"
            yield Plant(form, "ip", ip, field, _sms(f"baja {link}") if field == "messages" else Visit(0, link))


def _decimal(ip: str) -> str:
    return str(int.from_bytes(bytes(map(int, ip.split("."))), "big"))


def _browsers(names: Names) -> Iterator[Plant]:
    rows: list[tuple[str, str, Any]] = [
        ("chrome", "visit", lambda d: Visit(0, f"https://{d}/x")),
        ("firefox", "visit", lambda d: Visit(0, f"https://{d}/x")),
        ("chrome_icons", "favicon", lambda d: Icon(0, f"https://{d}/x", f"https://{d}/favicon.ico")),
        ("firefox_icons", "favicon", lambda d: Icon(0, f"https://{d}/x", f"https://{d}/favicon.ico")),
        ("tabs", "open tab", lambda d: Tab(0, f"https://{d}/x")),
        ("tabs", "earlier in an open tab", lambda d: Tab(0, "https://www.google.com/", "", (f"https://{d}/x",))),
        ("sites", "observed domain", lambda d: Site(0, d)),
        ("session_sites", "session log", lambda d: Site(0, d)),
        ("shortcuts", "automation", lambda d: Shortcut(0, "Abrir", (f"https://{d}/x",))),
        ("files", "WebKit storage name", lambda d: Listed(*_storage(f"https_{d}_0.localstorage"))),
        ("files", "WebKit storage name, www", lambda d: Listed(*_storage(f"http_www.{d}_0.localstorage"))),
    ]
    for field, form, row in rows:
        d = names.domain()
        yield Plant(f"{field}: {form}", "domain", d, field, row(d), placed="earlier" not in form)


def _storage(name: str) -> tuple[str, str]:
    domain, _, folder = SAFARI.partition("/")
    return domain, f"{folder}LocalStorage/{name}"


def _people(names: Names) -> Iterator[Plant]:
    rows: list[tuple[str, str, str, Any]] = [
        ("email", "messages", "sender's e-mail", lambda v: Sms(0, v, "hola", service="iMessage")),
        ("email", "messages", "e-mail in a text", lambda v: _sms(f"escribe a {v} hoy")),
        ("email", "events", "organiser", lambda v: Event(0, 3600, "Junta", "agenda", v)),
        ("email", "lookups", "looked-up account", lambda v: Lookup(0, f"mailto:{v}")),
        ("phone", "messages", "sender's number", lambda v: Sms(0, v, "hola")),
        ("phone", "whatsapp", "WhatsApp number", lambda v: Chat(0, v, "hola")),
        ("phone", "calls", "call", lambda v: Call(0, v, 12)),
        ("phone", "contacts", "contact", lambda v: Person("Otra", "Persona", (v,))),
        ("phone", "interactions", "interaction", lambda v: Interaction(0, v)),
    ]
    for kind, field, form, row in rows:
        value = getattr(names, kind)()
        yield Plant(form, kind, value, field, row(value))


def _machine(names: Names) -> Iterator[Plant]:
    rows: list[tuple[str, str, str, Any]] = [
        ("process", "processes", "process", lambda v: Process(0, v)),
        ("long_process", "processes", "process, cut at 16", lambda v: Process(0, v[:16])),
        ("process", "permissions", "permission", lambda v: Permission(0, "kTCCServiceMicrophone", v)),
        ("process", "traffic", "daily traffic", lambda v: Traffic(0, v)),
        ("process", "clients", "locationd", Client),
        ("path", "clients", "locationd, path", lambda v: Client("com.example.free", executable=v)),
        ("path", "messages", "attachment path", lambda v: _sms("foto", attachment=Attachment(v + "/IMG.gif"))),
        ("file_name", "files", "file name", lambda v: Listed("HomeDomain", f"Library/Preferences/{v}")),
        ("app_id", "apps", "installed app", lambda v: App(v, "Libre")),
        ("profile", "profiles", "configuration profile", lambda v: Profile(0, v, "Red")),
    ]
    for kind, field, form, row in rows:
        value = getattr(names, kind)()
        yield Plant(form, kind.removeprefix("long_"), value, field, row(value), placed="attachment" not in form)


def _decoys(names: Names) -> Iterator[Plant]:
    for form, template in DECOYS.items():
        for field in ("messages", "visits"):
            d = names.domain()
            link = template.format(**_spellings(d), other=names.domain())
            row = _sms(f"Mira {link} ya") if field == "messages" else Visit(0, link)
            yield Plant(form, "domain", d, field, row, decoy=True)
    for form, template in DECOY_ADDRESSES.items():
        for field in ("messages", "visits"):
            u = names.url()
            host, _, path = u.removeprefix("https://").partition("/")
            link = template.format(u=u, host=host, path=path, other=names.domain())
            row = _sms(f"Mira {link} ya") if field == "messages" else Visit(0, link)
            yield Plant(form, "url", u, field, row, decoy=True)


def _other_decoys(names: Names) -> Iterator[Plant]:
    one, ten = "192.0.2.4", "192.0.2.41"
    rows: list[tuple[str, str, str, str, Any]] = [
        ("ip", "visits", "ip with a digit more", one, Visit(0, f"http://{ten}/x")),
        *_decoy("process", "processes", "process with a letter more", lambda v: Process(0, v + "x"), names),
        *_decoy(
            "path", "messages", "path with letters more", lambda v: _sms("a", attachment=Attachment(v + "bar")), names
        ),
        *_decoy(
            "file_name",
            "files",
            "file name with an ending more",
            lambda v: Listed("HomeDomain", f"Library/{v}.bak"),
            names,
        ),
        *_decoy("email", "events", "e-mail with a letter more", lambda v: Event(0, 60, "Junta", "", "x" + v), names),
        *_decoy(
            "phone", "calls", "phone with another end", lambda v: Call(0, v[:-1] + str((int(v[-1]) + 1) % 10)), names
        ),
        *_decoy("app_id", "apps", "app with an ending more", lambda v: App(v + ".lite", "Otra"), names),
        *_decoy("profile", "profiles", "profile with another end", lambda v: Profile(0, v[:-1] + "Z", "Red"), names),
    ]
    for kind, field, form, value, row in rows:
        yield Plant(form, kind, value, field, row, decoy=True)


def _decoy(kind: str, field: str, form: str, row: Any, names: Names) -> list[tuple[str, str, str, str, Any]]:
    value = getattr(names, kind)()
    return [(kind, field, form, value, row(value))]

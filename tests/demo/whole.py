"""A phone with at least one row of everything, for tests of the builder."""

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
    Phone,
    Process,
    Profile,
    Shortcut,
    Site,
    Sms,
    Tab,
    Traffic,
    Visit,
)

T = 1_483_142_400.0
ANA, BRUNO = "+525555500101", "+525555500102"
PROFILE = "7D1C1A2E-0000-4000-8000-000000000001"


def phone():
    return Phone(
        apps=[App("mx.example.chat", "Chat"), App("mx.example.side", "Side", source="")],
        messages=[
            Sms(T, ANA, "hola", read=T + 60),
            Sms(T + 1, ANA, "oculto https://a.example/", service="iMessage", hidden=True),
            Sms(T + 2, "", "sin remitente"),
            Sms(
                T + 3,
                BRUNO,
                "foto",
                from_me=True,
                attachment=Attachment("~/Library/SMS/Attachments/00/a.gif", "image/gif"),
            ),
        ],
        whatsapp=[
            Chat(T, ANA, "qué tal"),
            Chat(T + 1, "12345-678@g.us", "en grupo", author="Ana", link="https://b.example/"),
            Chat(T + 2, ANA, "bien", from_me=True, media="https://c.example/x"),
        ],
        whatsapp_contacts=[Person("Ana", "Ríos", (ANA,)), Person("Nadie")],
        lids=[("100000000000001@lid", "525555500101@s.whatsapp.net")],
        visits=[
            Visit(T, "http://d.example/"),
            Visit(T + 0.25, "https://e.example/", source=1),
            Visit(T + 9, "http://d.example/"),
        ],
        safari_profiles={PROFILE: [Visit(T, "https://f.example/")]},
        tabs=[Tab(T, "https://g.example/", "g", back=("https://h.example/",))],
        chrome=[Visit(T, "https://i.example/"), Visit(T + 1, "https://j.example/", source=1)],
        chrome_icons=[Icon(T, "https://k.example/", "https://k.example/favicon.ico")],
        firefox=[Visit(T, "https://l.example/")],
        firefox_icons=[Icon(T, "https://m.example/", "https://m.example/favicon.ico")],
        sites=[Site(T, "n.example", T - 5), Site(T, "o.example")],
        session_sites=[Site(T, "p.example")],
        calls=[Call(T, ANA, 33.5), Call(T + 1, "ana@correo.example", 0, from_me=True, service="com.apple.FaceTime")],
        contacts=[Person("Ana", "Ríos", (ANA, BRUNO), ("ana@correo.example",))],
        events=[Event(T, T + 3600, "Junta", "agenda", "jefa@correo.example", T - 86400), Event(T, T + 60, "Sola")],
        processes=[Process(T, "first"), Process(T, "later", key=5), Process(T, "lost", known=False)],
        permissions=[
            Permission(T, "kTCCServiceCamera", "mx.example.chat"),
            Permission(T, "kTCCServiceMicrophone", "b", allowed=False),
        ],
        interactions=[Interaction(T, ANA, "Ana"), Interaction(T + 1, ANA, "Ana", outgoing=True)],
        lookups=[Lookup(T, "mailto:ana@correo.example")],
        clients=[Client("mx.example.chat", stopped=T)],
        traffic=[Traffic(T, "first", (1.0, 2.0), (3.0, 4.0))],
        shortcuts=[Shortcut(T, "Abrir", ("https://q.example/",))],
        profiles=[Profile(T, PROFILE, "Red"), Profile(T, PROFILE[:-1] + "2", "Sin contenido", ())],
        preferences={"AppleLocale": "es_MX"},
        files=[
            Listed("HomeDomain", "Library/a.txt", b"abc"),
            Listed("HomeDomain", "Library/lost.txt", None),
            Listed("HomeDomain", "Library/Ünï", b"", 2),
        ],
    )

"""What to do next, by verdict: said to the person whose phone it is, for a helpline to stand behind."""

from typing import NamedTuple

from perito.findings.wording.i18n import mark


class Step(NamedTuple):
    """One thing to do, and why or how; both in English, to be translated."""

    do: str
    why: str


KEEP = Step(
    mark("Keep the phone as it is."),
    mark(
        "Do not reset it, do not delete messages, do not sell it or give it back. Even an update or a restart can "
        "remove traces: ask an examiner first."
    ),
)
OTHER_DEVICE = Step(
    mark("Talk about this on another device."),
    mark(
        "Until an expert has looked at it, assume that others may read and hear what happens on this phone. That "
        "includes this report."
    ),
)
HELPLINE = Step(
    mark("Write to a helpline; you do not have to deal with this alone."),
    mark(
        "Access Now Digital Security Helpline, help@accessnow.org: free of charge, at any hour, in English, Spanish "
        "and other languages, for journalists, activists and human rights defenders. In Mexico and Latin America "
        "also SocialTIC, seguridad@socialtic.org. Write from another device."
    ),
)
PRESERVE = Step(
    mark("Preserve what was examined."),
    mark(
        "Keep the acquisition unchanged, in two places, with this folder. Write down who made it, when and how. The "
        "hashes in the last section prove later that nothing was altered."
    ),
)
MORE_IPHONE = Step(
    mark("Make an encrypted backup and a sysdiagnose, soon."),
    mark(
        "They hold records that other copies of an iPhone leave out, and the oldest of these expire within weeks. A "
        "helpline can show you how."
    ),
)
MORE_ANDROID = Step(
    mark("Make a bug report, and a copy with AndroidQF, soon."),
    mark(
        "Android keeps few records of attacks, and not for long, so that every further copy counts. A helpline can "
        "show you how."
    ),
)
MORE_PHONE = Step(
    mark("Have the phone itself examined."),
    mark(
        "Of an iPhone, an encrypted backup and a sysdiagnose; of an Android phone, a bug report and a copy made with "
        "AndroidQF. Messages alone cannot show whether an attack succeeded. A helpline can show you how."
    ),
)
SECOND_EXAMINER = Step(
    mark("Let a second examiner repeat the examination."),
    mark(
        "The same acquisition, indicators and version give the same findings, byte for byte. The last section says "
        "how to compare them."
    ),
)
COUNSEL = Step(
    mark("Before you publish or file a complaint, speak to a lawyer."),
    mark(
        "Every finding names its place in the evidence and the research it rests on, so that an expert of the court "
        "can check it."
    ),
)
NO_LINKS = Step(
    mark("Do not open the links, not even to try them out."),
    mark(
        "Opening one may start the attack again, and tells the sender that the message was read. Leave the messages "
        "where they are. In this report no address can be clicked."
    ),
)
OTHERS = Step(
    mark("Ask the people around you whether they received something similar."),
    mark(
        "Such attacks rarely reach one person only. The date, the sender and the exact text of a message help to tie "
        "cases together."
    ),
)
UPDATE = Step(
    mark("When everything is preserved: update the phone and turn on its strongest protection."),
    mark("On an iPhone that is Lockdown Mode, on Android Advanced Protection. Both make a new attack harder."),
)
MISSING = Step(
    mark("Look at what this examination could not see."),
    mark("It is listed under “What was looked at”, with the reason. A fuller copy of the phone may fill the gaps."),
)
WORRIED = Step(
    mark("If you have a reason to worry, it still counts."),
    mark(
        "A warning from Apple, Google or WhatsApp, a strange message, a private conversation that others came to know: "
        "tell a helpline, with the date. This report does not outweigh it."
    ),
)

MORE = {"iphone": MORE_IPHONE, "android": MORE_ANDROID, "": MORE_PHONE}
_BY_VERDICT: dict[str, tuple[Step | None, ...]] = {
    # None stands for the further copy that the kind of phone allows.
    "traces of infection": (KEEP, OTHER_DEVICE, HELPLINE, PRESERVE, None, SECOND_EXAMINER, COUNSEL),
    "probable traces": (KEEP, OTHER_DEVICE, HELPLINE, PRESERVE, None, SECOND_EXAMINER),
    "targeted": (NO_LINKS, KEEP, HELPLINE, PRESERVE, None, OTHERS, UPDATE),
    "inconclusive": (KEEP, HELPLINE, MISSING, None, PRESERVE, SECOND_EXAMINER),
    "no trace in what was examined": (WORRIED, MISSING, None, PRESERVE, HELPLINE, UPDATE),
}

BASE_RATE = mark(
    "For comparison: in 2021, Amnesty International's Security Lab examined 67 phones on which attacks were suspected. "
    "It found 23 infected and 14 with signs of an attempt; on the other 30 the tests were inconclusive, in several "
    "cases because the phone had been replaced. None of the 15 Android phones among them showed an infection, but "
    "Android does not record what that work needs."
)
BASE_RATE_SOURCE = mark(
    "Source: Pegasus Project, The Washington Post, 19 July 2021 (nationthailand.com/international/40003420)."
)


def steps(verdict: str, phone: str, *, messages: bool = False) -> tuple[Step, ...]:
    """Return what to do after a verdict, most urgent first; `phone` is `iphone`, `android` or empty for neither.

    `messages`: findings rest on messages, whose links must be left alone whatever else was found.
    """
    chosen = _BY_VERDICT.get(verdict, _BY_VERDICT["inconclusive"])
    first = (NO_LINKS,) if messages and NO_LINKS not in chosen else ()
    return tuple(step or MORE.get(phone, MORE_PHONE) for step in (*first, *chosen))

"""What a verdict, a grade, a status and a kind are called, and what each of them does and does not mean."""

from dataclasses import dataclass

from perito.findings.wording.i18n import mark, mark_counted


@dataclass(frozen=True)
class Meaning:
    """Hold one plain sentence, what may be concluded from it and what may not; each in English, to be translated."""

    sentence: str
    means: str
    does_not_mean: str


VERDICTS = {
    "traces of infection": Meaning(
        mark("Traces of infection were found."),
        mark(
            "At least one record of this acquisition is of a kind that a published investigation attributes to "
            "spyware running on a device. Each finding below names the record and the investigation."
        ),
        mark(
            "It does not show who ordered the attack or carried it out, what was taken, or whether the spyware is "
            "still there today."
        ),
    ),
    "probable traces": Meaning(
        mark("Probable traces of infection were found."),
        mark(
            "Independent records fit together, and they fit what published investigations describe. Another "
            "explanation is unlikely, but it has not been ruled out."
        ),
        mark(
            "It is not a confirmation. A further trace of another kind, or a second examiner, may confirm it or "
            "explain it otherwise."
        ),
    ),
    "targeted": Meaning(
        mark(
            "Something that belongs to a documented attack was found. What was examined does not show that it succeeded."
        ),
        mark(
            "A message, a link, an invitation or a warning found here belongs to an attack that others have "
            "documented, or that the maker of the phone has announced. Most often it means that somebody tried to "
            "attack the person who received it; a message that only warns of such a link looks the same."
        ),
        mark(
            "It does not show that the phone was infected, and it does not show that it was not: an infection may "
            "leave nothing behind in an acquisition of this kind."
        ),
    ),
    "inconclusive": Meaning(
        mark("What was found does not settle the question."),
        mark(
            "There are signs that may have an ordinary explanation, or too little could be read to say more. Each "
            "sign is listed below, with what speaks against it."
        ),
        mark("It is neither a confirmation nor a reassurance."),
    ),
    "no trace in what was examined": Meaning(
        mark("No trace was found in what was examined."),
        mark(
            "The records that could be read were compared with what has been published about spyware, and nothing "
            "in them matched. Slight signs, if there are any, are listed below; they are common on ordinary phones."
        ),
        mark(
            "It does not mean that the phone was never attacked or infected. It says nothing about what was not "
            "examined, about traces that have been deleted or have expired, or about spyware that nobody has "
            "described yet."
        ),
    ),
}
UNSOURCED = mark(
    "All of this rests on lists that name neither a campaign nor a report. Whether anybody has documented it as part of an "
    "attack, only those who made the lists can say."
)
"""What stands beside a verdict that speaks of what was documented, where the lists do not say by whom."""
UNKNOWN_VERDICT = Meaning(
    mark("The examination ended without a verdict."),
    mark("The findings and the coverage below are what it produced."),
    mark("It is neither a confirmation nor a reassurance."),
)

VERDICT_WORDS = {
    "traces of infection": mark("traces of infection"),
    "probable traces": mark("probable traces"),
    "targeted": mark("targeted"),
    "inconclusive": mark("inconclusive"),
    "no trace in what was examined": mark("no trace in what was examined"),
}

GRADES = {
    "confirmed": (
        mark_counted("confirmed", "confirmed"),
        mark(
            "What is confirmed is that something published as belonging to spyware stands in this very record. In a "
            "message it shows an attempt; of a program, a file or a setting it shows that the phone itself holds the "
            "trace."
        ),
    ),
    "strong": (
        mark_counted("strong", "strong"),
        mark(
            "Points clearly to an attack. A second, independent record should support it before an infection is "
            "claimed."
        ),
    ),
    "weak": (
        mark_counted("weak", "weak"),
        mark("Ordinary explanations are possible. A reason to look closer, not more."),
    ),
    "context": (
        mark_counted("context", "context"),
        mark("Helps to read the other findings. By itself no sign of an attack."),
    ),
}

SHORTLY = {
    "confirmed": mark("the published indicator is there; by itself it does not say that the phone was infected"),
    "strong": mark("points clearly to an attack; a second record should support it"),
    "weak": mark("an ordinary explanation is possible"),
    "context": mark("helps to read the rest; no sign of an attack"),
}
"""What a grade says, in so few words that they stand right beside it."""
CONFIRMED = {
    "message": mark(
        "Confirmed here: this message holds what was published as part of an attack. That the phone was infected is "
        "not confirmed by it."
    ),
    "account": mark(
        "Confirmed here: the phone dealt with an account that was published as part of an attack. That the phone was "
        "infected is not confirmed by it."
    ),
    "network": mark(
        "Confirmed here: the phone's web records hold what was published as part of an attack. That the phone was "
        "infected is not confirmed by it."
    ),
    "": mark("Confirmed here: the phone holds a trace that a published investigation names as one of spyware."),
}
"""What is confirmed, by class of evidence; the empty name is for traces on the device itself."""
DIRECTIONS = {
    "received": mark("received"),
    "sent": mark("sent"),
    "": mark("whether it was received or sent is not recorded"),
}
PARTIES = {"received": mark("From"), "sent": mark("To"), "": mark("Other party"), "author": mark("Written by")}
"""What the account in a record of a message is to it."""
DOUBTS = {
    "twice": mark("Clocks were set back then and showed this time twice: the earlier moment is taken."),
    "never": mark("Clocks were set forward then and never showed this time: it is taken as if they had stayed."),
}
DEVICE = {
    "name": mark("Name of the device"),
    "product_type": mark("Model"),
    "os_version": mark("Version of the system"),
    "build": mark("Build of the system"),
    "udid": mark("Identifier of the device (UDID)"),
    "serial": mark("Serial number"),
    "imei": mark("Number of the radio (IMEI)"),
    "iccid": mark("Number of the SIM card (ICCID)"),
    "phone_number": mark("Telephone number"),
    "last_backup": mark("Last backup"),
    "made_with": mark("Version of the program that made the backup"),
}

STATUSES = {
    "parsed": (
        mark_counted("read", "read"),
        mark("Read to its end; what could not be understood is listed under problems."),
    ),
    "partial": (
        mark_counted("read in part", "read in part"),
        mark("Some of it could be read; the rest is missing, damaged or was not understood."),
    ),
    "absent": (mark_counted("absent", "absent"), mark("Not in this acquisition. That is normal for many artifacts.")),
    "damaged": (
        mark_counted("damaged", "damaged"),
        mark("Present, or listed as present, but lost in part or in whole: what is left of it was read."),
    ),
    "encrypted": (
        mark_counted("encrypted", "encrypted"),
        mark("Present, but locked, and no key or password was given."),
    ),
    "unsupported": (
        mark_counted("not supported", "not supported"),
        mark("Present, in a form that this version cannot read."),
    ),
    "skipped": (mark_counted("skipped", "skipped"), mark("Present, but left out of this examination on purpose.")),
    "timed out": (
        mark_counted("timed out", "timed out"),
        mark("Reading it took longer than the limit, and was stopped."),
    ),
}
LOOKED_AT = ("parsed", "partial")
"""Statuses of which something was read; only of these may a report say that nothing was found in them."""

LANES = {
    "findings": mark("Findings"),
    "messages": mark("Messages"),
    "calls": mark("Calls"),
    "web": mark("Web"),
    "files": mark("Files"),
    "system": mark("System"),
    "written": mark("Zone not known"),
}

KINDS = {
    "domain": mark("domain"),
    "url": mark("web address"),
    "ip": mark("IP address"),
    "email": mark("e-mail address"),
    "phone": mark("telephone number"),
    "process": mark("process name"),
    "path": mark("file path"),
    "file_name": mark("file name"),
    "hash": mark("file hash"),
    "app_id": mark("app identifier"),
    "certificate": mark("certificate"),
    "profile": mark("configuration profile"),
    "property": mark("system property"),
    "pattern": mark("published condition"),
    "yara_rule": mark("YARA rule"),
    "sigma_rule": mark("Sigma rule"),
}

ACQUISITIONS = {
    "itunes_backup": mark("iPhone backup"),
    "android_backup": mark("Android backup"),
    "sysdiagnose": mark("sysdiagnose"),
    "bugreport": mark("Android bug report"),
    "androidqf": mark("AndroidQF copy"),
    "folder": mark("folder of files"),
    "archive": mark("archive of files"),
    "file": mark("single file"),
}

MONTHS = (
    mark("Jan"),
    mark("Feb"),
    mark("Mar"),
    mark("Apr"),
    mark("May"),
    mark("Jun"),
    mark("Jul"),
    mark("Aug"),
    mark("Sep"),
    mark("Oct"),
    mark("Nov"),
    mark("Dec"),
)

BESIDE = (
    ("findings.json", mark("Every finding, with its place, its rule and the hash that names it; always in English.")),
    ("verdict.json", mark("The verdict, its reasons, the counts of coverage, the acquisition, the indicators used.")),
    ("coverage.json", mark("Every artifact and file: what became of it, how many records, from when to when.")),
    ("problems.json", mark("Every place that was seen but not understood, with the raw value.")),
    (
        "timeline.csv",
        mark(
            "Every record that has a time, in order, with who and what it names; in UTC, or as written. For a spreadsheet."
        ),
    ),
    ("observables.parquet", mark("Every address, number, process and file name that was compared.")),
    ("records/", mark("All records of each artifact as tables, one Parquet file each.")),
)

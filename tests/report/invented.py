"""Invented runs of every size: no person, number or phone in them exists; all domains are reserved for examples."""

from datetime import UTC, datetime, timedelta
from typing import Any

from perito.report.model import ReportInput

START = datetime(2016, 6, 1, 8, 30, tzinfo=UTC)
SAYS = (
    "The link {value} leads to {indicator.value}, which {indicator.source} published as part of {indicator.campaign}."
)
SILENT = "Whether the link was opened, and whether an exploit ran."
CANARY = "http://127.0.0.1:{port}"


def moment(number: int) -> str:
    return (START + timedelta(hours=31 * (number % 4000))).strftime("%Y-%m-%dT%H:%M:%SZ")


def finding(number: int, grade: str = "strong", value: str = "", **more: Any) -> dict[str, Any]:
    host = ("noticias-hoy.example", "mensajes.example", "banco-avisos.example", "red190.example")[number % 4]
    value = value or f"https://{host}/{4815162 + number}s/"
    indicator = {
        "kind": "domain",
        "value": host,
        "source": "Example Lab, Report on Messages, 2017-06-19",
        "campaign": "Invented Campaign",
    }
    row = {
        "id": f"{number:032x}",
        "rule": "indicator.domain",
        "rule_version": 1,
        "grade": grade,
        "artifact": "ios.message",
        "file": "HomeDomain/Library/SMS/sms.db",
        "ref": f"message {1000 + number}",
        "time": moment(number),
        "value": value,
        "also": [],
        "indicator": indicator,
        "says": f"The link {value} leads to {host}, which Example Lab published.",
        "does_not_show": SILENT,
        "says_template": SAYS,
        "does_not_show_template": SILENT,
        "fields": {"value": value, "indicator": indicator},
        "references": ["Example Lab: Report on Messages, https://lab.example/report"],
    }
    return row | more


def weak(number: int, of: int) -> dict[str, Any]:
    """A second finding on the same record as finding `of`."""
    return finding(of, "weak") | {
        "id": f"{number:032x}",
        "rule": "exploit-link-shape",
        "indicator": None,
        "says": "The path of the link has the shape of the exploit links of 2015 to 2017: seven digits and a letter.",
        "says_template": "The path of the link has the shape of the exploit links of 2015 to 2017: seven digits and a letter.",
        "does_not_show": "Who sent it. Other sites may use paths of this shape.",
        "does_not_show_template": "Who sent it. Other sites may use paths of this shape.",
    }


def context(number: int) -> dict[str, Any]:
    return finding(number, "context", f"https://short.example/{number}x") | {
        "rule": "short-link",
        "indicator": None,
        "says": "A short link: where it leads cannot be told without asking its service, which was not done.",
        "says_template": "A short link: where it leads cannot be told without asking its service, which was not done.",
        "does_not_show": "Where the link leads.",
        "does_not_show_template": "Where the link leads.",
    }


def many(count: int) -> list[dict[str, Any]]:
    """Findings of all grades, one weak on every third record, one for context on every fifth."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        rows.append(finding(number, ("confirmed", "strong", "strong", "weak")[number % 4]))
        if number % 3 == 0:
            rows.append(weak(10_000_000 + number, number))
        if number % 5 == 0:
            rows.append(context(20_000_000 + number) | {"time": moment(number), "ref": f"message {90_000 + number}"})
    return rows[:count]


ARTIFACTS = (
    "ios.message", "ios.call", "ios.safari_visit", "ios.contact", "ios.data_usage", "ios.tcc_access", "ios.interaction", "ios.calendar_item",
    "ios.manifest_file", "ios.whatsapp_message", "ios.shortcut", "ios.profile", "ios.safari_icon", "ios.id_status", "ios.location_client",
)  # fmt: skip


def coverage(count: int) -> list[dict[str, Any]]:
    rows = []
    for number in range(count):
        status = (
            "parsed",
            "parsed",
            "parsed",
            "parsed",
            "absent",
            "parsed",
            "partial",
            "parsed",
            "damaged",
            "parsed",
            "encrypted",
            "parsed",
        )[number % 12]
        name = ARTIFACTS[number] if number < len(ARTIFACTS) else f"ios.invented_{number}"
        read = status in {"parsed", "partial"}
        rows.append(
            {
                "artifact": name,
                "file": f"HomeDomain/Library/Invented/{name}.db" if status != "absent" else None,
                "status": status,
                "rows": 137 * number % 9001 if read else None,
                "problems": 3 if status == "partial" else 0,
                "first": moment(number) if read else None,
                "last": moment(number + 300) if read else None,
                "sha256": f"{number:064x}" if status != "absent" else None,
                "parser": f"{name} 1",
                "reason": {
                    "damaged": "not a SQLite database (starts with 62 70 6c 69)",
                    "encrypted": "no password was given",
                }.get(status),
            }
        )
    return rows


def problems(count: int) -> list[dict[str, Any]]:
    return [
        {
            "artifact": ARTIFACTS[number % 5],
            "file": "HomeDomain/Library/SMS/sms.db",
            "ref": f"message {number}",
            "reason": f"date {9 * 10**18 + number} does not fit the clock" if number % 2 else "text is not UTF-8",
            "raw": f"(1613383211.0, {9 * 10**18 + number})",
        }
        for number in range(count)
    ]


def activity(days: int = 500) -> list[tuple[str, str, int]]:
    rows = []
    for day in range(days):
        start = (START - timedelta(days=200) + timedelta(days=day)).strftime("%Y-%m-%dT00:00:00Z")
        rows += [
            (start, lane, weight * (1 + (day * 37 + weight) % 23))
            for lane, weight in (("messages", 9), ("web", 31), ("calls", 1), ("files", 12), ("system", 4))
            if (day * 7 + weight) % 5 and not (lane == "web" and 300 < day < 340)
        ]
    return rows


def verdict(word: str = "targeted", **more: Any) -> dict[str, Any]:
    return {
        "verdict": word,
        "reasons": [],
        "coverage": {"parsed": 38, "partial": 3, "absent": 2, "damaged": 1},
        "acquisition": {"kind": "itunes_backup", "sha256": "3f2c" * 16, "device": {}},
        "tool": {"version": "0.1.0"},
        "indicators": [
            {"source": "Example Lab, Report on Messages, 2017-06-19", "sha256": "ab" * 32, "count": 96},
            {"source": "Another Lab, Indicators, 2021-07-18", "sha256": "cd" * 32, "count": 1498},
        ],
        "as_of": "2026-11-23T00:00:00Z",
    } | more


DEVICE = {
    "Device Name": "Teléfono de Inés",
    "Product Type": "iPhone8,1",
    "Product Version": "9.3.2",
    "Serial Number": "EXAMPLE00000",
}
OUTPUTS = {"findings.json": "01" * 32, "coverage.json": "23" * 32}


def run(findings: list[dict[str, Any]], word: str = "targeted", **more: Any) -> ReportInput:
    fields: dict[str, Any] = {
        "verdict": verdict(word),
        "findings": findings,
        "coverage": coverage(44),
        "problems": problems(7),
        "activity": activity(),
        "device": DEVICE,
        "outputs": OUTPUTS,
    }
    return ReportInput(**fields | more)

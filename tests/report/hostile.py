"""Values that would run, fetch, hide or break something, if a page let them."""

from typing import Any

from perito.report.model import ReportInput
from tests.report.invented import activity, coverage, finding, problems, run, verdict


def payloads(canary: str) -> tuple[str, ...]:
    run_it = "document.title='owned';document.documentElement.dataset.owned='yes'"
    return (
        f"<script>{run_it}</script>",
        f'<script src="{canary}/a.js"></script>',
        f'"><img src="{canary}/b.png" onerror="{run_it}">',
        f'\'><svg onload="{run_it}">',
        f"javascript:{run_it}",
        f'</style><link rel="stylesheet" href="{canary}/c.css"><style>@import url({canary}/d.css);',
        f'</title></head><meta http-equiv="refresh" content="0;url={canary}/e">',
        f'<base href="{canary}/"><iframe srcdoc="<script>parent.{run_it}</script>"></iframe>',
        f'<a href="{canary}/f" ping="{canary}/g">x</a><form action="{canary}/h"><button>x',
        f"--></script>]]><script>{run_it}</script>",
        f"data:text/html,<script>{run_it}</script>",
        f"url({canary}/i)",
        "{{ 7 * 7 }}{% for x in y %}{# #}${7*7}%(value)s{value.__class__}{indicator}",
        "&lt;b&gt;&#x202e;",
        "abc\u202eexe.gpj\u2066\u200f\u200b\ufeff",
        "nul\x00 escape\x1b[31m bell\x07 line\u2028\r\n\ttab",
        "lone \ud800\udfff surrogates",
        "Z" + "\u0301" * 400,
        "x" * 1_000_000,
        '"' * 5_000,
        "\u202e" * 5_000,
    )


def rows(canary: str) -> list[dict[str, Any]]:
    """One finding for each payload, with the payload in every field that a finding has."""
    made = []
    for number, bad in enumerate(payloads(canary)):
        indicator = dict.fromkeys(("kind", "value", "source", "campaign"), bad)
        place = {"artifact": bad, "file": bad, "ref": bad}
        made.append(
            finding(number, ("confirmed", "strong", "weak", "context")[number % 4], bad)
            | place
            | {"rule": bad, "rule_version": bad, "id": bad, "indicator": indicator, "also": [place] * 9}
            | {"says_template": "It says {value} by {indicator.source}: " + bad, "does_not_show_template": bad}
            | {"fields": {"value": bad, "extra": bad}, "references": [bad] * 9}
        )
        made.append(finding(100 + number, bad, bad) | {"time": bad})
        told = {"party": bad, "direction": bad, "text": f"{bad}{bad}{bad}", "time_text": bad}
        said = {"trace": "message", "recorded": told, "written": {"time": bad, "zone": bad, "doubt": bad}}
        made.append(finding(300 + number, "strong", bad) | said | {"time": None})
        made.append(finding(400 + number, "strong", bad) | said | {"recorded": bad, "written": bad})
        made.append(finding(200 + number, "strong", bad) | {"time": f"2016-07{bad}"})
    return made


def hostile_run(canary: str) -> ReportInput:
    bads = payloads(canary)
    read = {"artifact": bads[0], "rows": 3, "problems": 1}
    return run(
        rows(canary),
        verdict=verdict(
            acquisition={"kind": bads[2], "sha256": bads[0], "device": {}},
            tool={"version": bads[0]},
            indicators=[{"source": bad, "sha256": bad, "count": 3} for bad in bads],
            as_of=bads[1],
        ),
        coverage=coverage(30)
        + [row | read | dict.fromkeys(("file", "status", "first", "last", "sha256", "parser", "reason"), bad) for bad in bads for row in coverage(1)]
        + [row | {"artifact": bad, "status": "absent", "reason": bad} for bad in bads for row in coverage(1)],
        problems=problems(10) + [dict.fromkeys(("artifact", "file", "ref", "reason", "raw"), bad) for bad in bads],
        activity=activity(50) + [(bad, bad, 3) for bad in bads] + [("2016-07-01", bad, 3) for bad in bads],
        device={f"{bad[:50]}{number}": bad for number, bad in enumerate(bads)},
        outputs={"findings.json": bads[0]},
    )  # fmt: skip

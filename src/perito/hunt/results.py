"""What a hunt tells another program, and what it writes."""

from pathlib import Path
from typing import Any

from perito.base.outputs import fresh, own_only, write_json
from perito.findings.finding import ATTENTION
from perito.hunt.engine import Answer
from perito.indicators.indicator import Indicators

NOTHING, ATTENTION_NEEDED, NOT_FULLY, FAULT = 0, 1, 3, 4


def exit_code(answer: Answer) -> int:
    """Return 4 when Perito failed somewhere, 3 when it could not be looked everywhere, else 1 for attention, else 0."""
    if any(one.fault for one in answer.unhunted):
        return FAULT
    if answer.unhunted:
        return NOT_FULLY
    grades = {one.grade for struck in answer.struck for one in struck.findings}
    return ATTENTION_NEEDED if grades & ATTENTION else NOTHING


def told(answer: Answer, indicators: Indicators) -> dict[str, Any]:
    """Return the answer as JSON holds it; a finding is the very object that `findings.json` would hold."""
    return {
        "hunted": answer.hunted,
        "unhunted": [one._asdict() for one in answer.unhunted],
        "indicators": indicators.summary,
        "problems": [one._asdict() for one in indicators.problems],
        "acquisitions": [
            {"acquisition": struck.acquisition.name, "findings": [one.as_json() for one in struck.findings]}
            for struck in answer.struck
        ],
    }


def write(folder: Path, answer: Answer, indicators: Indicators) -> None:
    """Write `hunt.json`, and `<acquisition>/findings.json` for each that was struck, into a folder that is new."""
    with fresh(folder, "nothing was written", "--write"):
        for struck in answer.struck:
            own = folder / struck.acquisition.name
            own.mkdir(mode=0o700, parents=True)
            write_json(own / "findings.json", [one.as_json() for one in struck.findings])
        write_json(folder / "hunt.json", told(answer, indicators))
        own_only(folder)

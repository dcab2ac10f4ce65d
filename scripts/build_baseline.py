"""Write the baseline and the lists of what is shared from a folder of public lists; equal lists give equal bytes.

Only facts are carried: value, kind, campaign, publisher, report, date, licence.
Usage: python scripts/build_baseline.py [MATERIAL] [OUT], by default ../shared and src/perito/indicators.
"""

import hashlib
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from baseline_facts import LIST_KINDS, Fact, echap, facts_of, links

from perito.indicators.accept import Accepted, accept
from perito.indicators.formats.perito_tsv import FIRST_LINE

HERE = Path(__file__).resolve().parent
PLAN = HERE / "baseline_sources.toml"


class Publication:
    """One entry of the plan with its facts, cleaned: one line for each value, context only if all who say it say so."""

    def __init__(self, entry: dict[str, Any], repositories: dict[str, Any], material: Path) -> None:
        self.entry = entry
        self.repository = repositories[entry["repository"]]
        folder = material / "indicators" / entry["repository"] / entry["folder"]
        paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        self.files: dict[str, str] = {}
        self.lines: dict[tuple[str, str], tuple[str, str, set[str]]] = {}
        self.refused: Counter[str] = Counter()
        if entry["repository"] == "stalkerware-indicators":
            self._take("ioc.yaml, watchware.yaml, samples.csv", echap(folder))
            paths = [folder / name for name in ("ioc.yaml", "samples.csv", "watchware.yaml")]
        elif entry["folder"]:
            for path in paths:
                self._take(path.name, facts_of(path))
        self._take("", (Fact(kind, value, "", flags) for kind, value, flags in entry.get("values", ())))
        if entry.get("links"):
            self._take("", links(material / "datasets" / "mexico_links.csv", entry["links"]))
        self.files = {path.relative_to(folder).as_posix(): _digest(path) for path in paths if _used(path)}

    def _take(self, file: str, facts: Iterator[Fact]) -> None:
        dropped = self.entry.get("left_out_kinds", {}).get(file, ())
        for fact in facts:
            if fact.kind in dropped or fact.value in self.entry.get("left_out", ()):
                self.refused["left out: see the plan"] += 1
                continue
            found = accept(fact.kind, fact.value)
            if isinstance(found, Accepted):
                self._keep(found, fact)
            else:
                self.refused[f"{fact.kind}: {found.reason}"] += 1

    def _keep(self, found: Accepted, fact: Fact) -> None:
        flags = "context" if fact.value in self.entry.get("context", ()) else fact.flags
        key = found.kind, found.normal
        value, campaign, said = self.lines.setdefault(key, (found.value, fact.campaign, set()))
        said.add(flags)
        self.lines[key] = min(value, found.value), campaign if fact.flags else fact.campaign or campaign, said

    @property
    def source(self) -> str:
        """Name publisher and report as a finding will."""
        return f"{self.entry.get('publisher', self.repository['publisher'])}: {self.entry['title']}"

    def text(self) -> str:
        """Return the table as it is committed."""
        head = [
            FIRST_LINE,
            f"# source: {self.source}",
            f"# campaign: {self.entry['campaign']}",
            f"# report: {self.entry['report']}",
            f"# published: {self.entry['published']}",
            f"# licence: {self.repository['licence']}",
        ]
        rows = sorted(
            "\t".join((kind, value, campaign, "" if "" in said else "context"))
            for (kind, _), (value, campaign, said) in self.lines.items()
        )
        return "\n".join([*head, *rows]) + "\n"


def _used(path: Path) -> bool:
    return path.name in LIST_KINDS or path.suffix in {".stix2", ".json", ".csv", ".yaml"}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def shared_lists(material: Path, own: dict[str, list[str]]) -> dict[str, str]:
    """Return the texts of the lists in `shared`: facts of MISP warning lists (CC0 1.0), and names added in the plan."""
    folder = material / "datasets" / "misp-warninglists"
    lists = {
        name: json.loads((folder / f"{name}.json").read_text("utf-8"))["list"]
        for name in ("lots-project", "link-in-bio", "common-ioc-false-positive")
    }
    origin = "# Facts of the MISP warning lists {} (CC0 1.0), https://github.com/MISP/misp-warninglists{}."
    hosts = {
        name.removeprefix(".").removeprefix("www.").lower()
        for name in [*lists["lots-project"], *lists["link-in-bio"], *own["hosts"]]
    }
    digests = {value.lower() for value in [*lists["common-ioc-false-positive"], *own["hashes"]]}
    return {
        "hosts.txt": "\n".join(
            [origin.format("lots-project and link-in-bio", ", and hosts added by hand"), *sorted(hosts)]
        )
        + "\n",
        "registries.txt": "\n".join([origin.format("dynamic-dns", ", a few of it"), *sorted(own["registries"])]) + "\n",
        "owners.txt": "\n".join(
            [
                "# Domains under which only their owner has names, and which nearly every phone asks.",
                *sorted(own["owners"]),
            ]
        )
        + "\n",
        "resolvers.txt": "\n".join(
            [
                "# Public resolvers, as their operators and https://adguard-dns.io/kb/general/dns-providers/ name them.",
                *sorted(own["resolvers"]),
            ]
        )
        + "\n",
        "hashes.txt": "\n".join(
            [origin.format("common-ioc-false-positive", ", and public test keys"), *sorted(digests)]
        )
        + "\n",
    }


def sources(publications: list[Publication]) -> str:
    """Return SOURCES.md: publication, repository, licence, counts, and the digest of every file that was read."""
    head = (
        "# Sources of the baseline\n\n"
        "Written by `scripts/build_baseline.py` from `scripts/baseline_sources.toml`; do not edit.\n"
        "Facts only are carried (value, kind, campaign, report, date), each list with its publisher and licence.\n"
    )
    parts = [head, "| table | publisher and list | repository | licence | indicators |", "|---|---|---|---|---|"]
    for one in publications:
        kinds = Counter(kind for kind, _ in one.lines)
        counts = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        parts.append(
            f"| {one.entry['file']} | {one.source} | {one.repository['at']} | {one.repository['licence']} | {counts} |"
        )
    total = Counter(kind for one in publications for kind, _ in one.lines)
    parts.append(
        "\nIn all: " + ", ".join(f"{kind} {count}" for kind, count in sorted(total.items())) + f"; {total.total()}.\n"
    )
    parts.append("## Not carried\n")
    parts += [
        f"- {one.entry['file']}: {reason}: {count}"
        for one in publications
        for reason, count in sorted(one.refused.items())
    ]
    parts += [f"- {one.entry['file']}: {one.entry['why']}" for one in publications if "why" in one.entry]
    parts.append("\n## Files read (SHA-256)\n")
    parts += [
        f"- {one.entry['repository']}/{one.entry['folder']}/{name}: {digest}"
        for one in publications
        for name, digest in one.files.items()
    ]
    return "\n".join(parts) + "\n"


def build(material: Path, out: Path) -> None:
    """Write every table anew; a table whose publication left the plan is removed."""
    plan = tomllib.loads(PLAN.read_text("utf-8"))
    baseline = out / "baseline"
    for folder in (baseline, out / "shared"):
        folder.mkdir(parents=True, exist_ok=True)
    write({out / "shared" / name: text for name, text in shared_lists(material, plan["shared"]).items()})
    publications = [Publication(entry, plan["repositories"], material) for entry in plan["publication"]]
    for old in baseline.glob("*.tsv"):
        old.unlink()
    write({baseline / f"{one.entry['file']}.tsv": one.text() for one in publications})
    write({baseline / "SOURCES.md": sources(publications)})


def write(texts: dict[Path, str]) -> None:
    """Write files whose lines end alike on every system."""
    for path, text in texts.items():
        path.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    defaults = [HERE.parents[1] / "shared", HERE.parent / "src" / "perito" / "indicators"]
    build(*[*arguments, *defaults[len(arguments) :]])

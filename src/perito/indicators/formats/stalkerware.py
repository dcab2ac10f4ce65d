"""The list of stalkerware indicators (YAML): families with their packages, certificates, websites and servers.

What the list calls watchware does not hide from the person who holds the phone: all of it is context. So are the
websites on which an app is sold, which anybody may have visited.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.yaml_events import DamagedYaml, Leaf, leaves
from perito.indicators.indicator import About, Claim, LeftOut, Problem, Said, Unmatched

NAME = "Stalkerware YAML"
HEAD = re.compile(
    r"^- (?:name|names|type|packages|certificates|websites|distribution|c2|ios_bundles)[ ]?:", re.MULTILINE
)
SECTIONS = re.compile(r"^\s+(?:packages|certificates|websites|distribution|c2|ios_bundles)[ ]?:", re.MULTILINE)
KINDS = {
    ("packages",): "app_id",
    ("ios_bundles",): "app_id",
    ("certificates",): "certificate",
    ("websites",): "domain",
    ("distribution",): "domain",
    ("c2", "domains"): "domain",
    ("c2", "ips"): "ip",
    ("c2", "ip"): "ip",
    ("samples",): "hash",
}
SOLD = {("websites",)}
DESCRIBES = {"name", "names", "type", "certificate_organizations", "certificate_cname_re"}


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by a list of families and the sections it has."""
    return bool(HEAD.search(head) and SECTIONS.search(head))


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield the claims of each family once all of it is read: its name and type may stand at its end."""
    family: list[Leaf] = []
    for one in leaves(stream):
        if isinstance(one, DamagedYaml):
            yield Problem(file, f"line {one.line}", one.reason, one.raw)
            continue
        if family and one.path[:1] != family[0].path[:1]:
            yield from _family(family, file)
            family = []
        family.append(one)
    yield from _family(family, file)


def _family(found: list[Leaf], file: str) -> Iterator[Said]:
    told = {one.path[1]: one.text for one in found if len(one.path) == 2}
    watchware = told.get("type", "").strip().lower() == "watchware"
    about = About(campaign=well_formed(" ".join(told.get("name", "").split()))[:300], context_only=watchware)
    for one in found:
        section = tuple(str(step) for step in one.path[1:] if isinstance(step, str))
        kind = KINDS.get(section)
        if kind:
            place = "url" if kind == "domain" and "://" in one.text else kind
            said = about._replace(context_only=True) if section in SOLD else about
            yield Claim(f"line {one.line}", place, one.text, said)
        elif not section:
            yield Problem(file, f"line {one.line}", "not a part of a family", "")
        elif section[0] in DESCRIBES:
            yield from _described(section[0])
        else:
            name = well_formed(".".join(section))[:60]
            yield Unmatched(name, one.text, f"{name} is not compared here")


def _described(section: str) -> Iterator[Said]:
    if section not in {"name", "names", "type"}:
        yield LeftOut(f"{section} is not compared here", 1)

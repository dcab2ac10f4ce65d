"""Indexes: which lists there are, and where. Our own form is TOML; that of mvt-indicators (YAML) is read as well.

```
# perito feeds 1
[[feed]]
name = "Lab, a report"            # how the list is told; a name like `processes.txt` tells what bare values are
url = "https://lab.example/list.stix2"
format = "STIX 2 JSON"            # optional: any other form is refused
sha256 = "…"                      # optional: any other content is refused
licence = "CC BY 4.0"             # optional: where the list itself names none
[[index]]
url = "https://lab.example/indicators.yaml"
```
An `[[index]]` counts in a file of one's own or of the package, not in an index that came from the network.
"""

import io
import re
import tomllib
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import quote

from perito.base.text import excerpt, printable
from perito.indicators.formats.yaml_events import DamagedYaml, leaves

FIRST_LINE = "# perito feeds 1"
PACKAGED = "feeds.toml"
LARGEST = 1 << 22
"""Bytes of the largest index."""
MOST = 10_000
LONGEST_NAME = 300
RAW = "https://raw.githubusercontent.com"
"""Where the content of a file of a GitHub repository is, by owner, repository, branch and path."""
PART = re.compile(r"[A-Za-z0-9._-]+")
DIGEST = re.compile(r"[0-9a-f]{64}")


class Entry(NamedTuple):
    """A list that an index names; what it does not say is empty."""

    name: str
    url: str
    form: str = ""
    sha256: str = ""
    licence: str = ""


class Index(NamedTuple):
    """The lists of an index, the addresses of further indexes, and the entries that could not be understood.

    `names` and `addresses` are those of the entries: an index of megabytes is read in one pass.
    """

    entries: list[Entry]
    indexes: list[str]
    problems: list[str]
    names: set[str]
    addresses: set[str]


def packaged() -> bytes:
    """Return the index that comes with the package."""
    return files(__package__).joinpath(PACKAGED).read_bytes()


def index_in(data: bytes) -> Index:
    """Return what an index names; ValueError says why a text is none."""
    if len(data) > LARGEST:
        raise ValueError(f"larger than the {LARGEST:,} bytes that an index may have")
    own = data.removeprefix(b"\xef\xbb\xbf").startswith(FIRST_LINE.encode())
    found = _own(data) if own else _mvt(data)
    if len(found.entries) + len(found.indexes) > MOST:
        raise ValueError(f"more than {MOST:,} lists")
    if not (found.entries or found.indexes):
        raise ValueError(f"not an index of lists, or one without any; ours begins with {FIRST_LINE!r}")
    return found


def _own(data: bytes) -> Index:
    try:
        told = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not TOML: {str(error)[:200]}") from None
    found = Index([], [], [], set(), set())
    for number, one in enumerate(_tables(told, "feed"), 1):
        _take(found, f"feed {number}", one)
    found.indexes.extend(one["url"] for one in _tables(told, "index") if isinstance(one.get("url"), str))
    return found


def _tables(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = told.get(name)
    return [one if isinstance(one, dict) else {} for one in listed] if isinstance(listed, list) else []


def _take(found: Index, place: str, one: dict[str, Any]) -> None:
    words = {key: one.get(key, "") for key in ("name", "url", "format", "sha256", "licence")}
    if not all(isinstance(word, str) for word in words.values()):
        found.problems.append(f"{place}: something in it is no text")
        return
    name = printable(words["name"]).strip()
    if not name or len(name) > LONGEST_NAME or not words["url"]:
        found.problems.append(f"{place}: without a name or an address ({excerpt(words['name'], 60)})")
        return
    digest = words["sha256"].lower()
    if digest and not DIGEST.fullmatch(digest):
        found.problems.append(f"{name}: its sha256 is none")
        return
    if name in found.names or words["url"] in found.addresses:
        found.problems.append(f"{name}: named twice; the first counts")
        return
    found.names.add(name)
    found.addresses.add(words["url"])
    found.entries.append(Entry(name, words["url"], words["format"], digest, printable(words["licence"])))


def _mvt(data: bytes) -> Index:
    """Read `indicators:`, each with a name and either `github:` (owner, repo, branch, path) or `download_url:`."""
    found = Index([], [], [], set(), set())
    items: dict[int, dict[str, str]] = {}
    for leaf in leaves(io.BytesIO(data)):
        if isinstance(leaf, DamagedYaml):
            raise ValueError(f"line {leaf.line}: {leaf.reason}")  # noqa: TRY004 - every fault of an index is told alike
        match leaf.path:
            case ("indicators", int(number), "github", str(key)):
                items.setdefault(number, {})[f"github.{key}"] = leaf.text
            case ("indicators", int(number), str(key)):
                items.setdefault(number, {})[key] = leaf.text
    for number, item in sorted(items.items()):
        _take(found, f"indicators {number + 1}", item | {"url": _address(item), "format": "", "sha256": ""})
    return found


def _address(item: dict[str, str]) -> str:
    if item.get("type") != "github":
        return item.get("download_url", "")
    parts = [item.get(f"github.{key}", "") for key in ("owner", "repo")]
    branch, path = item.get("github.branch", "main"), item.get("github.path", "")
    if not path or not branch or not all(PART.fullmatch(part) for part in parts):
        return ""
    return "/".join([RAW, *parts, quote(branch), quote(path)])

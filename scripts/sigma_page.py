"""The page on Sigma rules: what they are asked of, made from the table of fields and the classes of evidence."""

from itertools import groupby

from perito.artifacts.declare import artifacts
from perito.detect.sigma_taxonomy import COMPUTERS, NEVER, REQUESTED, SOURCES, Part, Source
from perito.detect.trace import CLASSES, trace_of
from perito.indicators.formats.sigma_modifiers import SUPPORTED

REQUESTS = [f"{artifact}.{column}" for artifact, columns in REQUESTED.items() for column in columns]
PAGE = """# Sigma rules

Rules given with `--indicators` are asked of the stored records, in `perito check`, `perito reexamine` and `perito
hunt` alike, by a reader of our own (see [dependencies.md](dependencies.md)). Values are compared a column at a time,
regular expressions by RE2 in linear time; no rule becomes SQL. A rule that cannot be asked is told as a problem of the
indicators with the reason, and counted as left out; `perito indicators inspect` says it of a file.

## Which records
| in `logsource` | means |
|---|---|
| `product` | `ios`, `android`, `messages` (exports), `mobile` or none: all |
| `category` | one of Sigma's own taxonomy (below), a class of evidence, or the name of an artifact: `message` |
| `service` | one of Sigma's own taxonomy with its category, or the name of an artifact |

Rules for {computers} are not asked: they tell what is odd on a computer, which differs from what is odd on a phone,
also where both run the same programs. Other products keep logs that a phone does not. Of the categories of Sigma, no
phone keeps {never}.

## Sigma's own fields
A column answers a field only where its value is what the field means; a rule that names another field (`c-useragent`,
`cs-method`, `CommandLine`, `ParentImage`, `User`, `Hashes`, ...) is not asked, since no record holds it, and what
it asks for would be guessed. `c-uri-query` is the path in the specification and the query elsewhere, so it is not asked
either; nor is a rule that looks for words in whole lines of a log.

| `category` (`service`) | field | what it is |
|---|---|---|
{fields}

Why a record is such an event:

{reasons}

*Requests* are the columns {requests}.
Links in messages, bookmarks, tabs of other devices and shared tabs were not asked for by that alone, so they are no
requests; of what WebKit met, and of cookies, the domain is kept and no host. Lists of indicators are compared with all
of these.

All fields of a rule must be met in one event: host and path of the same address, host and program of the same row.
**What is not known decides nothing.** Where only the name of a program is kept, `Image|endswith: /name` is known to be
met or not, and `Image|startswith: /usr` is neither; a rule is met where it surely is, whatever the folder was, and
an exclusion (`not filter`) holds only where it is known to. Likewise for `DestinationIp` of an address with a name, and
for a value that is missing.

## Perito's own names
In any other category a rule names artifacts and their columns, as [artifacts.md](artifacts.md) lists them, and `file`
and `ref`. It is asked of each artifact of its log source that has all the fields it names. `taxonomy: perito` may say
so; any other than that and `sigma` is not known here.

| class | artifacts |
|---|---|
{classes}

## What is understood
Letter case does not count; `*` and `?` are wildcards, behind a backslash they are letters. `null`, and an empty list,
mean that there is no value, `''` a text that is empty. A number is equal to a number, and to the text it is written as.
Words without a field are sought anywhere in any text of the record.

- Modifiers: {modifiers}. They work in the order in which they stand, as in pySigma, and are refused where that refuses
  them; `utf16le` is of the specification alone.
- Conditions: `and`, `or`, `not`, also in capitals; parentheses (to 50 levels); `1 of`, `any of`, `all of` with names, `*`
  or `them`. Names with a leading `_` are meant only where the pattern begins with `_`. A list of conditions is any.
- Files of several rules: `action: global`, `reset` and `repeat` of Sigma 1; filters of Sigma 2, which are applied to the
  rules of their own file that they name, or to `any` of their log source (as pySigma does: the condition of the
  filter must be met too). A filter without such a rule is told.
- Not asked, and told: correlations, and the rules that stand in one whose author does not set `generate: true`;
  aggregation with `|`, `timeframe`; `expand`, parts of a time (`hour`, ...), `startswith` and `endswith` of an expression or
  of `fieldref`; nested fields; an expression that RE2 refuses; a rule that only excludes; `status: unsupported`; a
  document with an alias, a merge, a name that stands twice or a type of its own, since what fell out of it would let
  the rule be met by more.

The tests hold this reader against pySigma over drawn rules and records (`tests/detect/test_sigma_judge.py`): what that
reads means the same here, and what it refuses is told.

## What a finding weighs
The `level` that its author gave a rule is the grade: critical and high are strong, medium and none weak, low and
informational context; a rule confirms nothing. In Sigma's own fields, high is weak too: such rules are written for the
networks of organisations, where that level asks for a prompt look. `status: deprecated` gives context. What the author
names under `falsepositives` stands in the finding. A rule that more than 20,000 records of an artifact meet is told as
not asked there; of one rule at most 1,000 records of an artifact are told, and that there are more.
"""


def sigma_page() -> str:
    """Return the page in Markdown, without the note that it is made."""
    classes = {one: [name for name in artifacts() if trace_of(name, "") == one] for one in CLASSES}
    rows = "\n".join(f"| `{one}` | {_listed(names)} |" for one, names in classes.items())
    parts = {
        "computers": ", ".join(f"`{one}`" for one in sorted(COMPUTERS)),
        "never": ", ".join(f"`{name}` ({says})" for name, says in NEVER.items()),
        "fields": "\n".join(row for source in SOURCES for row in _fields(source)),
        "reasons": "\n".join(f"- {names}: {says}" for says, names in _reasons().items()),
        "requests": _columns(REQUESTS),
        "classes": rows,
        "modifiers": ", ".join(f"`{one}`" for one in sorted(SUPPORTED)),
    }
    text = PAGE
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part)
    return text


def _fields(source: Source) -> list[str]:
    found: dict[tuple[str, Part], dict[str, None]] = {}
    for view in source.views:
        for field, (column, of) in view.fields.items():
            found.setdefault((field, of), {})[f"{view.artifact}.{column}"] = None
    return [
        f"| `{_named(source)}` | `{field}` | of {_said(list(columns))}: {of.says} |"
        for (field, of), columns in found.items()
    ]


def _said(columns: list[str]) -> str:
    """Return columns as a reader is told of them: all requests by one word."""
    if not set(REQUESTS) <= set(columns):
        return _columns(columns)
    others = [one for one in columns if one not in REQUESTS]
    return "a request" + (f", or {_columns(others)}" if others else "")


def _reasons() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for source in SOURCES:
        found.setdefault(source.says, []).append(f"`{_named(source)}`")
    return {says: ", ".join(names) for says, names in found.items()}


def _columns(columns: list[str]) -> str:
    """Return columns with their artifacts, those of one artifact together."""
    grouped = groupby(sorted(columns), lambda one: one.rpartition(".")[0])
    return ", ".join(
        f"`{artifact}` ({', '.join(one.rpartition('.')[2] for one in some)})" for artifact, some in grouped
    )


def _named(source: Source) -> str:
    return f"{source.category} ({source.service})" if source.service else source.category


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)

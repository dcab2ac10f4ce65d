"""One acquisition from the opened source to the report: the only place that joins the steps. Read it first.

What needs the evidence is here; what needs only the stored tables is in `perito.conclude`.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from perito.artifacts.collect import Collected, Coverage, Progress, collect, drop_parts, join_observables
from perito.artifacts.plan import known_names
from perito.artifacts.scan import scan
from perito.base.errors import NotRecognised
from perito.base.memory import be_frugal, give_back
from perito.base.outputs import fresh, own_only, placed, scratch_folder
from perito.base.pool import Pool
from perito.base.zones import named_zone
from perito.conclude import Basis, Run, answerable, asked_for, conclude, judged
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators
from perito.sources.material import COPIED, Material, by_names, by_start, is_picture, is_words
from perito.sources.memory import memory_folder
from perito.sources.open import open_source
from perito.sources.reading import head
from perito.sources.source import Source

PRELOAD = ("perito.artifacts.worker", "perito.sources.manifest_worker", "perito.sources.archive_worker")
ADB_NAME = ".ab"
"""How files that `adb backup` writes are commonly named; what one is, its first bytes tell."""
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
RESULTS = frozenset({"verdict.json", "findings.json", "coverage.json"})
KNOWN = "an iPhone backup, an archive or a folder that holds one, or exported messages"


@dataclass(frozen=True)
class Wish:
    """What a person asks for: which acquisition, where to write, with which indicators and in which language."""

    path: Path
    out: Path
    indicators: tuple[Path, ...] = ()
    baseline: bool = True
    language: str = "en"
    as_of: date | None = None
    jobs: int = 2
    password: Callable[[], str] | None = None
    timezone: str | None = None
    """Name of the zone in which times were written whose zone the evidence does not name."""


Step = Callable[[str], None]


@dataclass(frozen=True)
class Ready:
    """What examinations one after the other can share: the host of the workers, and the indicators."""

    pool: Pool
    indicators: Indicators


@contextmanager
def ready(wish: Wish, tell: Step) -> Iterator[Ready]:
    """Give what an examination needs besides its evidence; of the wish only indicators and jobs are looked at."""
    with Pool(jobs=wish.jobs, preload=PRELOAD) as pool:
        tell("indicators")
        indicators = answerable(load(wish.indicators, baseline=wish.baseline, as_of=wish.as_of))
        asked_for(wish.indicators, indicators, wish.as_of)
        yield Ready(pool, indicators)


def examine(wish: Wish, step: Step | None = None, progress: Progress | None = None, shared: Ready | None = None) -> Run:
    """Examine one acquisition and write what DESIGN calls a run into `wish.out`; nothing of the evidence is changed.

    `step` is told each stage by name, `progress` each file; `shared` was made for the same indicators and jobs.
    Raises PeritoError where nothing could be examined.
    """
    wish = replace(wish, path=placed(wish.path), out=placed(wish.out))  # a worker stands in another folder
    tell = _frugally(step or (lambda _: None))
    be_frugal(wish.jobs)
    at = named_zone(wish.timezone)
    with ExitStack() as stack:
        stack.enter_context(fresh(wish.out))
        scratch = stack.enter_context(scratch_folder())
        having = shared or stack.enter_context(ready(wish, tell))
        pool, indicators = having.pool, having.indicators
        tell("opening")
        with memory_folder() as memory, _opened(wish, scratch, pool, memory) as source:
            tell("reading")
            collected = collect(source, pool, wish.out, progress)
            known = _material(source)
            _recognised(wish.path, source, collected, known)
            if indicators.compiled:
                tell("scanning")
                collected.scanned = scan(source, pool, indicators, scratch, collected)
            device = dict(sorted(source.device.items()))
            acquisition = {"kind": known.kind if known else source.kind, "sha256": source.sha256, "device": device}
        tell("matching")
        basis = Basis(wish.out, acquisition, indicators, wish.as_of, wish.language, zone=at)
        findings, line = judged(basis, collected, scratch, lambda: join_observables(collected, wish.out), wish.jobs)
        drop_parts(wish.out)
        run = conclude(basis, collected, findings, line, tell)
    own_only(wish.out)
    return run


def _frugally(step: Step) -> Step:
    """Return a step that first hands back the memory of the stage before it."""

    def tell(name: str) -> None:
        give_back()
        step(name)

    return tell


def _material(source: Source) -> Material | None:
    """Return what was handed over, where it is of a kind that is known and not read as a whole."""
    if source.kind == "itunes_backup":
        return None
    names = source.files().to_pylist()
    found = by_names(names) if source.kind != "file" else None
    asked = names if source.kind == "file" else [name for name in names if name.lower().endswith(ADB_NAME)][:1]
    if found or not asked:
        return found
    path = source.materialise(asked)[asked[0]]
    return by_start(head(path)) if isinstance(path, Path) else None


def _recognised(path: Path, source: Source, collected: Collected, known: Material | None) -> None:
    """Refuse what holds nothing that is read; tell in the coverage of what is read in single files only."""
    if any(row.status != "absent" for row in collected.coverage) or source.kind == "itunes_backup":
        if known:
            reason = f"{known.what}: this version reads only those files in it that it knows by themselves"
            collected.coverage.append(Coverage(known.kind, None, "unsupported", 0, 0, None, None, None, "", reason))
            collected.coverage.sort(key=lambda row: (row.artifact, row.file or ""))
        return
    if known:
        raise NotRecognised(
            str(path),
            f"{known.what}, which this version does not read yet; no file in it is one that it knows by itself",
            "nothing was examined, so nothing can be said about this acquisition",
            known.hint,
        )
    names = source.entries["name"].to_pylist()
    if set(names) >= RESULTS:
        hint = "`perito reexamine` concludes anew from it; else give the path of the evidence itself"
        raise NotRecognised(str(path), "what an examination wrote, no acquisition", "nothing was examined", hint)
    archives = [name for name in names if name.lower().endswith(ARCHIVES)]
    packed = f"; archives among them: {len(archives)}; check each by itself, or all with --each" if archives else ""
    start = _start(source)
    what = "a picture or a PDF document, in which Perito reads no words" if is_picture(start) else ""
    raise NotRecognised(
        str(path),
        what or f"not recognised: {_told(len(source.entries))} a trace known here{packed}",
        "nothing was examined, so nothing can be said about this acquisition",
        COPIED
        if what or is_words(start)
        else f"Perito looked for {KNOWN}; `perito artifacts` lists every trace and its place",
    )


def _start(source: Source) -> bytes:
    """Return the first bytes of a single file that was handed over; none of anything else."""
    if source.kind != "file":
        return b""
    (name,) = source.files().to_pylist()
    path = source.materialise([name])[name]
    return head(path) if isinstance(path, Path) else b""


def _told(files: int) -> str:
    return "1 file, which is not" if files == 1 else f"{files:,} files, none of them"


def _opened(wish: Wish, scratch: Path, pool: Pool, memory: Path | None) -> Source:
    names = known_names()
    return open_source(wish.path, password=wish.password, scratch=scratch, pool=pool, known_names=names, memory=memory)

"""A hunt over several dockets, or through a runner, gives what a hunt of one docket by one process gives."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from perito.base.errors import PeritoError, UsageError
from perito.cli.main import perito
from perito.conclude import answerable
from perito.examine import Wish, examine
from perito.hunt.docket import open_docket
from perito.hunt.engine import hunt
from perito.hunt.index import candidates
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators
from perito.many import dockets
from perito.many.dockets import hunt_by
from perito.many.one import Asked, digest
from perito.runners.local import LocalRunner
from tests.runners import deeds

WHATSAPP = """24/07/16, 10:00 - Ana: Mira https://{host}/x
24/07/16, 10:01 - Bruno: Va
"""


@pytest.fixture(scope="module")
def wanted() -> Indicators:
    return load(())


@pytest.fixture(scope="module")
def by(wanted: Indicators) -> Asked:
    return Asked(indicators_digest=digest(wanted))


@pytest.fixture(scope="module")
def runner() -> Iterator[LocalRunner]:
    with LocalRunner(2) as made:
        yield made


@pytest.fixture(scope="module")
def docket(evidence: Path, wanted: Indicators, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two phones, an exported conversation that gives its times without a zone, one cut short, one damaged."""
    folder = tmp_path_factory.mktemp("docket")
    host = next(
        row["normal"] for row in wanted.table.to_pylist() if row["kind"] == "domain" and not row["context_only"]
    )
    chat = tmp_path_factory.mktemp("chat") / "WhatsApp Chat with Ana.txt"
    chat.write_text(WHATSAPP.format(host=host))
    for name, path in (("alma", evidence / "alma"), ("case/bruno", evidence / "bruno"), ("chat", chat)):
        examine(Wish(path, folder / name, timezone="America/Mexico_City"))
    for name in ("cut", "damaged"):
        shutil.copytree(folder / "alma", folder / name)
    (folder / "cut/verdict.json").write_text("{")
    (folder / "damaged/observables.parquet").write_bytes(b"PAR1")
    return folder


@pytest.mark.parametrize("share", [1, 2, 16])
@pytest.mark.parametrize("indexed", [True, False])
def test_what_a_runner_finds_is_what_one_process_finds(
    runner: LocalRunner,
    docket: Path,
    wanted: Indicators,
    by: Asked,
    indexed: bool,
    share: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dockets, "SHARE", share)
    opened = open_docket(docket)
    found = candidates(opened, wanted) if indexed else None
    told = hunt_by(runner, opened, by, found)
    assert told == hunt(opened, wanted, found)
    assert [one.acquisition.name for one in told.struck] == ["alma", "case/bruno", "chat"]
    assert told.struck[2].findings[0].written is not None
    assert [one.name for one in told.unhunted] == ["cut", "damaged"]


def test_rules_are_asked_through_a_runner_as_by_one_process(runner: LocalRunner, docket: Path, tmp_path: Path) -> None:
    rules = tmp_path / "own.yar"
    rules.write_text('rule Word { strings: $a = "Mira" condition: $a }\n')
    by_rules = answerable(load([rules]))
    assert by_rules.rules
    opened = open_docket(docket)
    found = candidates(opened, by_rules)
    by = Asked((rules,), indicators_digest=digest(by_rules))
    told = hunt_by(runner, opened, by, found)
    assert told == hunt(opened, by_rules, found)
    ruled = {one.acquisition.name for one in told.struck if any("yara" in each.rule for each in one.findings)}
    assert "chat" in ruled


class Deadly(Executor):
    """Has the runner look as `deeds.look_or_die` does."""

    def __init__(self, inner: Executor) -> None:
        self.inner = inner

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self.inner.submit(deeds.look_or_die, **kwargs)


def test_an_acquisition_that_always_kills_its_process_is_told_and_hides_no_other(
    runner: LocalRunner, docket: Path, wanted: Indicators, by: Asked, tmp_path: Path
) -> None:
    for name in ("alma", "chat"):
        shutil.copytree(docket / name, tmp_path / name)
    shutil.copytree(docket / "alma", tmp_path / "deadly")
    opened = open_docket(tmp_path)
    told = hunt_by(Deadly(runner), opened, by)
    whole = hunt(opened, wanted)
    assert told.struck == [one for one in whole.struck if one.acquisition.name != "deadly"]
    assert [(one.name, one.reason) for one in told.unhunted] == [
        ("deadly", "its process ended twice: it died 2 times (SIGKILL, SIGKILL)")
    ]
    assert told.hunted == 2


def test_other_indicators_than_the_commands_are_refused_as_a_whole(runner: LocalRunner, docket: Path) -> None:
    with pytest.raises(PeritoError, match="are not those of the command") as caught:
        hunt_by(runner, open_docket(docket), Asked(indicators_digest="0"))
    assert caught.value.exit_code == 2


def ran(*words: str | Path) -> Result:
    command = perito.get_command(None, "hunt")  # type: ignore[arg-type]
    assert command is not None
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def two(docket: Path, tmp_path: Path) -> list[Path]:
    for number, name in enumerate(("alma", "case/bruno")):
        shutil.copytree(docket / name, tmp_path / f"{number}/cases" / Path(name).name)
    return [tmp_path / "0/cases", tmp_path / "1/cases"]


def test_of_several_dockets_each_answer_is_that_of_a_hunt_of_its_own(two: list[Path]) -> None:
    both = ran(*two, "--json")
    each = [json.loads(ran(one, "--json").stdout) for one in two]
    assert json.loads(both.stdout) == [{"docket": str(path), **told} for path, told in zip(two, each, strict=True)]
    assert [one["acquisition"] for told in each for one in told["acquisitions"]] == ["alma", "bruno"]
    assert both.exit_code == 1


def test_the_exit_code_of_several_is_the_worst(two: list[Path]) -> None:
    (two[1] / "bruno/verdict.json").unlink()
    assert ran(*two, "--json").exit_code == 3


def test_the_screen_names_each_docket_and_write_gives_each_its_folder(two: list[Path], tmp_path: Path) -> None:
    shown = ran(*two, "--write", tmp_path / "w", "--lang", "en")
    assert [line for line in shown.stdout.splitlines() if line.endswith("cases:")] == [f"{one}:" for one in two]
    alone = ran(two[1], "--write", tmp_path / "alone")
    assert alone.exit_code == 1
    for name in ("hunt.json", "bruno/findings.json"):
        assert (tmp_path / "w/cases-2" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()
    assert (tmp_path / "w/cases/alma/findings.json").is_file()
    again = ran(*two, "--write", tmp_path / "w")
    assert isinstance(again.exception, UsageError)


def test_a_docket_that_is_none_is_refused_before_anything_is_looked_for(two: list[Path], tmp_path: Path) -> None:
    done = ran(two[0], tmp_path / "none", "--json")
    assert isinstance(done.exception, UsageError)
    assert done.stdout == ""

"""What a folder for results says when it is not free."""

from pathlib import Path

import pytest

from perito.base.errors import UsageError
from perito.base.outputs import fresh, placed


def refused(out: Path) -> UsageError:
    with pytest.raises(UsageError) as refusal, fresh(out):
        pass
    return refusal.value


def filled(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).mkdir()
    return folder


def test_what_a_killed_run_left_is_told_as_such_and_left_alone(tmp_path: Path) -> None:
    for number, names in enumerate(([".parts"], ["records", "coverage.json"], ["records", "verdict.json"])):
        told = refused(filled(tmp_path / str(number), *names))
        assert (
            told.what == "already holds what an examination left that did not end: it was killed, or is still going on"
        )
        assert "nothing was examined; what lies there is no result" in told.means
        assert told.hint == "if no other Perito is writing there, delete this folder; or give another one with --out"
        assert sorted(path.name for path in (tmp_path / str(number)).iterdir()) == sorted(names)


def test_a_whole_run_and_other_things_are_no_killed_run(tmp_path: Path) -> None:
    whole = filled(tmp_path / "whole", "records", "coverage.json", "verdict.json", "report.html")
    assert refused(whole).what == "already holds the results of an earlier run"
    assert refused(filled(tmp_path / "other", "notes.txt")).what == "already holds something"


def test_an_empty_folder_is_free_and_a_file_is_none(tmp_path: Path) -> None:
    with fresh(filled(tmp_path / "empty")):
        pass
    (tmp_path / "file").write_text("mine")
    assert refused(tmp_path / "file").what == "is not a folder"
    assert (tmp_path / "file").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert refused(tmp_path / "link").what == "is not a folder"


def test_a_path_is_told_whole_and_a_link_before_two_dots_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "far/deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far/deep")
    monkeypatch.chdir(tmp_path)
    assert placed(Path("far/../notes")) == tmp_path.resolve() / "notes"
    assert placed(Path("link/../notes")) == tmp_path.resolve() / "far/notes"
    assert placed(Path("link/notes")) == Path.cwd() / "link/notes", "a link that is named stays as it is named"

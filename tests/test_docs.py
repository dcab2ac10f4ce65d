"""The documents say what the program does: generated pages are up to date, and every name they should hold is there."""

import os
import re
from pathlib import Path

import pytest
from scripts.build_docs import DOCS, EXITS, PAGES

from perito.cli.main import COMMANDS

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _fixed_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "COLUMNS", "80")


@pytest.mark.parametrize("name", PAGES)
def test_the_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_command_and_exit_code_is_documented() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"## perito {name}" not in page] == []
    results = (DOCS / "results.md").read_text(encoding="utf-8")
    assert [code for code, _ in EXITS if f"| {code} |" not in results] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *(ROOT / "bench").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            broken += [] if (page.parent / target).exists() else [f"{page.name}: {target}"]
    assert broken == []


def test_every_dependency_is_justified() -> None:
    page = (DOCS / "dependencies.md").read_text(encoding="utf-8").lower()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert listed
    names = re.findall(r'"([a-z0-9_-]+)', listed[1])
    assert len(names) > 5
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_word_clean_is_never_written_about_a_device() -> None:
    for page in [ROOT / "README.md", *DOCS.glob("*.md")]:
        assert not re.search(r"\b(is|was|phone|device) clean\b", page.read_text(encoding="utf-8"), re.IGNORECASE), page


def test_no_path_of_one_machine_is_written() -> None:
    pattern = re.compile(r"/(wor" + r"k|far" + r"m)/")
    pages = [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *(ROOT / "src").rglob("*.py"), ROOT / "Makefile"]
    allowed = {"ios_domains.py", "normal.py", "normal_forms.py"}
    assert [page.name for page in pages if page.name not in allowed and pattern.search(page.read_text("utf-8"))] == []

"""A newcomer adds a parser by one file and two samples, exactly as CONTRIBUTING shows it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_parser_shown_in_contributing_works_as_shown(tmp_path: Path) -> None:
    shown = re.findall(
        r"^`([^`\n]+)`\n\n```\w*\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(shown) == 3
    for folder in ("src", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "shared"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, content in shown:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    chosen = [sys.executable, "-m", "pytest", "-q", "-k", "walkie", "tests/artifacts/test_golden.py", "-n", "0"]
    environment = {"PYTHONPATH": f"{tmp_path / 'src'}", "PERITO_UPDATE_GOLDEN": "1", "PATH": "/usr/bin:/bin"}
    first = subprocess.run(chosen, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "2 passed" in first.stdout, first.stdout + first.stderr
    style = [sys.executable, "-m", "ruff", "check", "--no-cache", shown[0][0]]
    checked = subprocess.run(style, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    golden = tmp_path / "tests/artifacts/ios/walkie_talkie"
    assert (golden / "two_pushes.golden.jsonl").read_text().splitlines()[0] == (
        '{"artifact": "ios.walkie_push", "ref": "line 2", "pushed": "2016-07-04T08:00:00Z",'
        ' "account": "ana@example.org", "text": "Nos vemos en https://a.example/x"}'
    )
    cut = (golden / "cut_short.golden.jsonl").read_text().splitlines()
    assert '"ref": "line 3", "pushed": "1970-06-19T20:43:12Z", "account": null, "text": ""' in cut[1]

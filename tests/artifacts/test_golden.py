"""Every sample gives exactly its golden records, problems and status: two files, one test.

PERITO_UPDATE_GOLDEN=1 writes the golden files anew; the difference is then reviewed as a changed claim.
"""

import os
from pathlib import Path

import pytest

from tests.artifacts.samples import SAMPLES, as_text, built, name_of, read, readers_of


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_golden(sample: Path, tmp_path: Path) -> None:
    artifacts = readers_of(sample)
    assert artifacts, f"no parser module {sample.parent.name} for this sample"
    file = built(sample, tmp_path)
    lines = as_text([line for artifact in artifacts for line in read(artifact, file)])
    golden = sample.with_name(sample.name.partition(".")[0] + ".golden.jsonl")
    if os.environ.get("PERITO_UPDATE_GOLDEN") and not os.environ.get("CI"):
        golden.write_text(lines)
    assert lines == golden.read_text()

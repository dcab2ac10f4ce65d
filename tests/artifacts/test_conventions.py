"""What holds for every artifact, so that knowing one is knowing all."""

import importlib
import re
from collections import defaultdict

import pytest

from perito.artifacts.declare import Artifact, artifacts
from tests.artifacts.samples import HERE, SAMPLES, readers_of

ALL = list(artifacts().values())


@pytest.mark.parametrize("artifact", ALL, ids=lambda one: one.name)
class TestEveryArtifact:
    def test_is_named_platform_and_singular_noun(self, artifact: Artifact) -> None:
        assert re.fullmatch(r"(ios|android|messages)\.[a-z][a-z0-9_]*", artifact.name)

    def test_has_a_sentence_for_each_field(self, artifact: Artifact) -> None:
        for name, value in artifact.schema:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
            assert not name.endswith(("_at", "_ts", "_time", "_date")), f"{name}: times are past participles"
            assert len(value.doc) > 3, f"{name} has no sentence"

    def test_says_what_the_trace_tells(self, artifact: Artifact) -> None:
        module = importlib.import_module(artifact.parse.__module__)
        assert module.__doc__
        assert module.__doc__.strip()[0].isupper()

    def test_lies_somewhere_or_is_known_by_content(self, artifact: Artifact) -> None:
        assert artifact.globs or artifact.tables or artifact.keys or artifact.looks or artifact.leftover

    def test_has_samples(self, artifact: Artifact) -> None:
        mine = [sample for sample in SAMPLES if artifact in readers_of(sample)]
        assert len(mine) >= 2, f"{artifact.name}: at least a plain sample and a hostile or cut one"


def test_a_field_name_has_one_type_everywhere() -> None:
    types: dict[str, set[str]] = defaultdict(set)
    for artifact in ALL:
        for name, value in artifact.schema:
            types[name].add(value.type if value.type != "local" else "when")
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


def test_every_sample_belongs_to_a_parser() -> None:
    assert [str(sample.relative_to(HERE)) for sample in SAMPLES if not readers_of(sample)] == []

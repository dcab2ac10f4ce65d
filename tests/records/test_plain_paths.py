"""The quick way and the careful way say the same of every path that the quick way takes."""

from hypothesis import given
from hypothesis import strategies as st

from perito.base.hashing import key_hash
from perito.records.normal import keys, normal
from perito.records.plain_paths import plain_paths

NAMES = [
    *(
        "private",
        "var",
        "mobile",
        "Library",
        "root",
        "tmp",
        "etc",
        "HomeDomain",
        "AppDomain-com.a.example",
        "a.plist",
        "B c",
    ),
    *(
        "..",
        ".",
        "",
        "~",
        "file:",
        "sdcard",
        "0",
        "data",
        "user",
        "storage",
        "self",
        "primary",
        "preboot",
        "é",
        "x\\y",
        ".hidden",
        "a ",
        "%41",
    ),
]
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=7).map("/".join) | st.text(max_size=40)


@given(st.lists(PATHS, min_size=1, max_size=8))
def test_a_plain_path_has_the_same_form_and_keys(paths: list[str]) -> None:
    quick = plain_paths(paths)
    for row, form, own, parents in zip(*quick, strict=True):
        assert form == normal("path", paths[row]), paths[row]
        first, *others = [key_hash(key) for key in keys("path", form)]
        assert (own, sorted(parents)) == (first, sorted(others)), paths[row]


def test_ordinary_paths_are_plain() -> None:
    paths = ["HomeDomain/Library/SMS/sms.db", "/private/var/db/x", "Library", "/a/../b/.hidden"]
    assert plain_paths(paths).rows == [0, 1]

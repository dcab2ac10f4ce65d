"""Who published a value."""

import pytest

from perito.indicators.bundle import baseline, load
from perito.indicators.why import why

TABLE = """# perito indicators 1
# source: A Lab
# campaign: Evil
# report: https://lab.example/r
domain\tbad.example\t\t
domain\tcdn.example\t\texact
url\thttp://bit.ly/1EQYOkG\t\t
process\tevild\t\t
domain\tother.example\tOther\t
"""


@pytest.fixture
def found(tmp_path):
    (tmp_path / "a.tsv").write_text(TABLE)
    return load([tmp_path / "a.tsv"], baseline=False)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("bad.example", [("bad.example", True)]),
        ("BAD[.]example.", [("bad.example", True)]),
        ("a.b.bad.example", [("bad.example", False)]),
        ("hxxps://x.bad[.]example:8443/y", [("bad.example", False)]),
        ("cdn.example", [("cdn.example", True)]),
        ("a.cdn.example", []),
        ("http://bit.ly/1EQYOkG", [("http://bit.ly/1EQYOkG", True)]),
        ("http://bit.ly/other", []),
        ("notbad.example", []),
        ("evild", [("evild", True)]),
        ("", []),
        ("\udcff", []),
        ("'; --", []),
    ],
)
def test_a_value_is_found_as_an_examination_would(found, asked, told):
    assert [(one.row["value"], one.itself) for one in why(found, asked)] == told


def test_what_stands_beside_it(found):
    (one,) = why(found, "bad.example")
    assert one.same_report == {"domain": 2, "process": 1, "url": 1}
    assert one.same_campaign == {"domain": 1, "process": 1, "url": 1}
    assert one.as_json()["match"] == "itself"


def test_the_mexican_links_of_the_baseline():
    told = why(baseline(), "http://smsmensaje.mx/1656017s/")
    assert (told[0].row["kind"], told[0].itself) == ("url", True)
    assert {(one.row["value"], one.itself) for one in told[1:]} == {("smsmensaje.mx", False)}
    assert {"Citizen Lab: Reckless Exploit", "R3D, Citizen Lab: Reckless V"} <= {one.row["source"] for one in told}

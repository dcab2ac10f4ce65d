import re

from hypothesis import given
from hypothesis import strategies as st

from perito.base.text import defanged


def test_no_program_makes_a_link_of_a_defanged_address():
    assert defanged("mira http://a.bad.example/x?u=https%3A%2F%2Fb.example ya") == (
        "mira hxxp://a[.]bad[.]example/x?u=hxxps%3A%2F%2Fb[.]example ya"
    )
    assert defanged("HTTPS://BAD.EXAMPLE") == "HxxPS://BAD[.]EXAMPLE"
    assert defanged("ana@bad.example") == "ana@bad[.]example"


def test_what_is_no_address_and_what_is_harmless_already_stays():
    for text in ("hxxps://a[.]bad[.]example/x", "cuesta 3.14. Gracias", "https is a scheme", "fin. Otra frase."):
        assert defanged(text) == text


@given(st.text())
def test_nothing_is_left_that_begins_an_address(text):
    shown = defanged(f"http://{text}")
    assert not re.search(r"https?:", shown, re.IGNORECASE)
    assert defanged(shown) == shown

from hypothesis import given
from hypothesis import strategies as st

from perito.demo.typedstream import attributed

HELLO = (
    "040b73747265616d747970656481e803840140848484124e5341747472696275746564537472696e67008484084e534f626a656374008592"
    "848484084e53537472696e67019484012b0568656c6c6f86840269490105928484840c4e5344696374696f6e617279009484016901928496"
    "961d5f5f6b494d4d657373616765506172744174747269627574654e616d658692848484084e534e756d626572008484074e5356616c7565"
    "009484012a84999900868686"
)


def test_a_short_text_has_the_bytes_that_messages_writes():
    assert attributed("hello").hex() == HELLO


def test_from_128_bytes_on_the_length_takes_two_bytes_and_a_tag():
    assert b"\x84\x01+\x7f" + b"a" * 127 in attributed("a" * 127)
    assert b"\x84\x01+\x81\x80\x00" + b"a" * 128 in attributed("a" * 128)
    assert b"\x84\x01+\x82\x00\x00\x01\x00" + b"a" * 9 in attributed("a" * 65536)


def test_a_run_is_counted_in_utf16_units():
    assert b"\xf0\x9f\x98\x80\x86\x84\x02iI\x01\x02\x92" in attributed("\N{GRINNING FACE}")


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300))
def test_any_text_is_there_as_utf8(text):
    assert text.encode() + b"\x86\x84\x02iI\x01" in attributed(text)

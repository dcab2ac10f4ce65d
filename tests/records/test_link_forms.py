"""One row per written form of a link: what is found in it, and a text of the same form that holds no such link."""

import time
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.records.links import HINTS, UNREAD, all_inside, all_links, links, links_inside
from perito.records.normal import indicator_keys, keys
from perito.records.observables import observed
from perito.records.schema import Schema, message, url

HOST = ("domain", "bad.example")
PAGE = ("url", "http://bad.example/x")
SITE = ("url", "http://bad.example")


def found(text):
    return [(one.kind, one.normal) for one in links(text)]


def matched(text, domain):
    asked = set(indicator_keys("domain", domain))
    return any(not asked.isdisjoint(keys(one.kind, one.normal)) for one in links(text))


def coded(text, code=b64encode):
    return code(text.encode()).decode()


def tagged(text):
    """Invisible twins of ASCII letters, as some put them between the letters of a host."""
    return "".join(f"{letter}{chr(0xE0000 + ord(letter))}" for letter in text)


FORMS = [
    # form, a text of it, what is found first, and a look-alike in which bad.example is not found
    ("backslashes", "http:\\\\bad.example/x", PAGE, "http:\\\\notbad.example/x"),
    ("slash and backslash", "http:/\\bad.example\\x", PAGE, "http:/\\bad.example.safe.test\\x"),
    ("backslashes, a number", "http:\\\\3221225985/x", ("url", "http://192.0.2.1/x"), "C:\\bad.example\\x"),
    ("no scheme", "//bad.example/x", PAGE, "//safe.test/bad.example/x"),
    ("no scheme, alone", "//bad.example", HOST, "a//bad.example"),
    ("no colon", "http//bad.example/x", PAGE, "http//notbad.example/x"),
    ("no colon, https", "https//bad.example/x", PAGE, "xhttpsx//bad.example.safe.test"),
    ("semicolon", "http;//bad.example/x", PAGE, "http;//bad.example-x.test/x"),
    ("comma", "https,//bad.example/x", PAGE, "https,//bad.examples.test"),
    ("full stop", "http.//bad.example/x", PAGE, "http.//bad.example_x.test/"),
    ("no slashes", "http:bad.example/x", PAGE, "http:notbad.example/x"),
    ("hxxp", "hxxps[:]//bad.example/x", PAGE, "hxxps[:]//notbad.example/x"),
    ("h**p", "h**p://bad.example/x", PAGE, "h**p://bad.example.safe.test"),
    ("h[xx]p", "h[xx]p://bad.example/x", PAGE, "h[xx]p://xbad.example"),
    ("hxxp//", "hxxp//bad.example/x", PAGE, "hxxp//xbad.example/x"),
    ("hxxp;//", "hxxp;//bad.example/x", PAGE, "hxxp;//xbad.example/x"),
    ("http[s]", "http[s]://bad.example/x", PAGE, "http[s]://xbad.example/x"),
    ("(dot) with spaces", "bad (dot) example", HOST, "bad (dot) examples.test"),
    ("[dot] with spaces", "bad [dot] example/x", PAGE, "notbad [dot] example"),
    ("[ . ]", "bad [ . ] example", HOST, "xbad [ . ] example"),
    ("[ dot ]", "bad[ dot ]example", HOST, "bad[ do ]example"),
    ("{dot}", "bad {dot} example", HOST, "bad {dots} example"),
    ("<dot>", "bad<dot>example", HOST, "bad<doto>example"),
    ("DOT", "bad DOT example", HOST, "bad dot example"),
    ("DOT twice", "www DOT bad DOT example", ("domain", "www.bad.example"), "EL PUNTO FINAL"),
    ("(punto)", "bad (punto) example", HOST, "bad (puntos) example"),
    ("[punto]", "bad [punto] example/x", PAGE, "un [punto] final"),
    ("PUNTO", "bad PUNTO example", HOST, "bad punto example"),
    ("bracket never closed", "bad[.example/x", PAGE, "bad[. example"),
    ("bracket never opened", "bad.]example/x", PAGE, "bad.] example"),
    ("new line as in JSON", "Hola\\nbad.example\\ny", HOST, "Hola\\nnotbad.example"),
    ("new line, then a scheme", "Hola\\nhttps://bad.example/x\\nya", PAGE, "Hola\\nhttps://nbad.example/x"),
    ("tab as in JSON", "\\tbad.example/x", PAGE, "\\tabad.example/x"),
    ("slash", "/bad.example", HOST, "a/bad.example"),
    ("number sign", "#bad.example", HOST, "a#bad.example"),
    ("plus", "+bad.example", HOST, "a+bad.example"),
    ("equals", "=bad.example", HOST, "x.test/?q=bad.example"),
    ("dot", ".bad.example", HOST, "a.bad.examples"),
    ("two dots", "etc..bad.example", HOST, "etc..bad.examples"),
    ("three dots", "...bad.example/x", PAGE, "...notbad.example"),
    ("ellipsis", "…bad.example", HOST, "…bad.examples"),
    ("Chinese around", "见bad.example看", ("domain", "xn--bad-xz8i.example"), "见notbad.example看"),
    ("Chinese around a page", "见bad.example/x看", ("url", "http://xn--bad-xz8i.example/x%e7%9c%8b"), "见xbad.example/x"),
    ("Arabic before", "موقعbad.example", HOST, "موقعxbad.example"),
    ("Cyrillic before", "сайтbad.example", ("domain", "xn--bad-5cd9b6bj.example"), "сайтxbad.example"),
    ("Cyrillic behind", "bad.exampleсайт", HOST, "bad.exampleхсайт.test"),
    ("full-width letters", "ｂａｄ．ｅｘａｍｐｌｅ", HOST, "ｘｂａｄ．ｅｘａｍｐｌｅ"),
    ("full-width address", "https://ｂａｄ．example/x", PAGE, "https://ｘｂａｄ．example/x"),
    ("ideographic dot", "bad。example/x", PAGE, "xbad。example/x"),
    ("one dot leader", "bad\u2024example", HOST, "xbad\u2024example"),
    ("small full stop", "https://bad\ufe52example/x", PAGE, "https://xbad\ufe52example/x"),
    ("zero width", "b\u200ba\u200cd.exa\u200dmple/x", PAGE, "x\u200bbad.example"),
    ("soft hyphen", "https://b\u00adad.exam\u00adple/x", PAGE, "https://x\u00adbad.example/x"),
    ("word joiner", "bad\u2060.\u2060example", HOST, "x\u2060bad.example"),
    ("variation selector", "bad\ufe0f.example", HOST, "x\ufe0fbad.example"),
    ("tags", f"https://{tagged('bad')}.example/x", PAGE, f"https://x{tagged('bad')}.example/x"),
    ("asterisk", "https://*.bad.example/", SITE, "https://*.notbad.example/"),
    ("port too high", "https://bad.example:99999/x", PAGE, "https://notbad.example:99999/x"),
    ("port far too high", "http://bad.example:123456789012/x", PAGE, "http://xbad.example:123456789012/x"),
    ("port 0", "http://bad.example:0/x", ("url", "http://bad.example:0/x"), "http://xbad.example:0/x"),
    ("empty port", "bad.example:/x", PAGE, "xbad.example:/x"),
    ("empty port, alone", "http://bad.example:/", SITE, "http://xbad.example:/"),
    ("new line in the host", "https://bad.exam\nple/x ya", PAGE, "https://bad.test\nbad examples"),
    ("tab in the host", "https://ba\td.example/x", PAGE, "https://xba\td.example/x"),
    ("carriage return in the host", "https://bad.\r\nexample/x", PAGE, "https://xbad.\r\nexample/x"),
    ("quoted-printable", "https://bad.exam=\nple/x", PAGE, "https://xbad.exam=\nple/x"),
    ("quoted-printable, CRLF", "https://bad.ex=\r\nample/x", PAGE, "https://bad.ex=\r\nample.test"),
    ("page in a data: address", f"data:text/html;base64,{coded('<a href=https://bad.example/x>a</a>')}", PAGE,
     f"data:image/png;base64,{coded('https://xbad.example/x')}"),
    ("base64, first of three", f"https://t.test/r/{coded('https://bad.example/x')}", ("url", "http://t.test/r/ahr0chm6ly9iywquzxhhbxbszs94"),
     f"https://t.test/r/{coded('https://xbad.example/x')}"),
    ("&#46;", "https://bad&#46;example/x", PAGE, "https://xbad&#46;example/x"),
    ("&#x2e;", "bad&#x2E;example/x", PAGE, "xbad&#x2E;example/x"),
    ("&#0046;", "bad&#0046;example/x", PAGE, "xbad&#0046;example/x"),
    ("&period;", "https&colon;&sol;&sol;bad&period;example&sol;x", PAGE, "https&colon;&sol;&sol;xbad&period;example"),
    ("letters as entities", "https://&#98;&#97;d.example/x", PAGE, "https://x&#98;&#97;d.example/x"),
    ("\\u002e", "https:\\u002f\\u002fbad\\u002eexample\\u002fx", PAGE, "https:\\u002f\\u002fxbad\\u002eexample"),
    ("\\x2e", "bad\\x2eexample/x", PAGE, "xbad\\x2eexample/x"),
    ("\\/", "https:\\/\\/bad.example\\/x", PAGE, "https:\\/\\/xbad.example\\/x"),
    ("Markdown", "[aquí](https://bad.example/x)", PAGE, "[aquí](https://xbad.example/x)"),
    ("Markdown, no scheme", "[aquí](bad.example/x)", PAGE, "[aquí](xbad.example/x)"),
    ("angle brackets", "<bad.example/x>", PAGE, "<xbad.example/x>"),
    ("attribute", 'url="https://bad.example/x"', PAGE, 'url="https://xbad.example/x"'),
    ("octal", "http://0300.0.2.1/x", ("url", "http://192.0.2.1/x"), "http://0300.0.2.1.bad.example-x.test/"),
    ("hexadecimal", "http://0xC0.0x0.0x2.0x1/x", ("url", "http://192.0.2.1/x"), "0xC0.0x0.0x2.0x1"),
    ("one number", "http://3221225985/x", ("url", "http://192.0.2.1/x"), "3221225985/x"),
    ("IPv6", "http://[2001:db8::1]:8080/x", ("url", "http://[2001:db8::1]:8080/x"), "[12:30:45]"),
    ("IPv6 around IPv4", "http://[::ffff:192.0.2.1]/x", ("url", "http://[::ffff:c000:201]/x"), "::ffff"),
    ("Java address", "/192.0.2.1:80", ("url", "http://192.0.2.1"), "+1.92.0.2"),
    ("sentence behind", "bad.example.Es ella", ("domain", "bad.example.es"), "xbad.example.Es ella"),
    ("sentence behind an address", "https://bad.example.Gracias", ("url", "http://bad.example.gracias"), "https://xbad.example.Gracias"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "first", "lookalike"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_a_form_and_its_lookalike(text, first, lookalike):
    assert first in found(text)
    if "192.0.2.1" not in first[1] and "db8" not in first[1] and "c000" not in first[1]:
        assert matched(text, "bad.example")
    assert not matched(lookalike, "bad.example")
    assert not matched(lookalike, "192.0.2.1")


CARRIED = [
    ("base64 parameter", f"https://t.test/?x={coded('https://bad.example/x')}"),
    ("base64, one further", f"https://t.test/?x={coded('u=https://bad.example/x')}"),
    ("base64, two further", f"https://t.test/?x={coded('go=https://bad.example/x')}"),
    ("base64 for addresses", f"https://t.test/?x={coded('~~~ https://bad.example/x', urlsafe_b64encode)}"),
    ("base64 in base64", f"https://t.test/?x={coded('https://u.test/?y=' + coded('https://bad.example/x'))}"),
    ("base64 alone", coded("https://bad.example/x")),
    ("hexadecimal", "https://t.test/?x=" + b"https://bad.example/x".hex()),
    ("data: address as parameter", "https://t.test/?u=" + quote(f"data:text/html;base64,{coded('<a href=https://bad.example/x>')}", safe="")),
    ("escapes four deep", "https://t.test/?u=https%2525253A%2525252F%2525252Fbad.example%2525252Fx"),
    ("intent", "intent://bad.example/x#Intent;scheme=https;package=com.test;end"),
    ("intent, fallback", "intent://#Intent;S.browser_fallback_url=https%3A%2F%2Fbad.example%2Fx;end"),
    ("fb", "fb://webview?url=https%3A%2F%2Fbad.example%2Fx"),
    ("WhatsApp", "whatsapp://send?text=mira%20bad.example/x"),
    ("WhatsApp on the web", "https://api.whatsapp.com/send?phone=525552899427&text=mira+bad.example/x"),
    ("mail to be sent", "mailto:?subject=hola&body=mira%20bad.example%2Fx"),
    ("message to be sent", "sms:+525552899427?body=mira%20bad.example/x"),
    ("code for a message", "SMSTO:+525552899427:mira bad.example/x"),
    ("code for a wireless network", "WIFI:S:cafe;T:WPA;P:http://bad.example/x;;"),
    ("Facebook", "https://l.facebook.com/l.php?u=https%3A%2F%2Fbad.example%2Fx&h=A"),
    ("Google", "https://www.google.com/url?q=https://bad.example/x&sa=D"),
    ("AMP", "https://www.google.com/amp/s/bad.example/x"),
    ("archive", "https://web.archive.org/web/2017/http://bad.example/x"),
    ("archive, no scheme", "https://web.archive.org/web/20170101000000id_/bad.example/x"),
    ("safe links", "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbad.example%2Fx&data=05"),
    ("mail scanner, v2", "https://urldefense.proofpoint.com/v2/url?u=https-3A__bad.example_x&d=D"),
    ("mail scanner, v3", "https://urldefense.com/v3/__https://bad.example/x__;!!A"),
    ("translation", "https://bad-example.translate.goog/x"),
    ("view-source", "view-source:https://bad.example/x"),
]  # fmt: skip


@pytest.mark.parametrize("address", [row[1] for row in CARRIED], ids=[row[0] for row in CARRIED])
def test_a_link_carried_in_an_address(address):
    assert PAGE in found(address)
    swapped = address.replace("bad.example", "notbad.example").replace("bad-example", "notbad-example")
    if swapped != address:
        assert not matched(swapped, "bad.example")
    if "://" in address[:20]:
        assert PAGE in [(one.kind, one.normal) for one in links_inside(address)]


@pytest.mark.parametrize(
    "text",
    ["v1.2.3", "3.14", "$1.200,50", "10.30", "12.05.2021", "casa.Es", "bien.No", "ya.Me voy", "Hola.Que tal", "etc...", "etc.", "EE.UU.",
     "a.m.", "Sr.López", "p.ej.", "i.e.", "p/ej.", "y/o", "1.er", "#hola", "+52.55.52.89.94.27", "#1.2.3.4", "C:\\a.mx\\b",
     "...", "wait...what", "fin...luego", "si//no", "1//2", "http//", "http:\\\\", "\\n", "\\nada", "C:\\nuevo\\texto",
     "EL PUNTO ES", "DOT", "(dot)", "[.]", "ve (punto) y aparte", "AT&amp;T", "&period;", "aHR0c", "aHR0cHM6Ly8", "68747470",
     "%3A%2F%2F", "100%", "=\n", "a=\nb", "50%:50%", "https://\nya", "data:;base64,", "data:text/html;base64,aG9sYQ=="],
)  # fmt: skip
def test_ordinary_words_and_figures_are_no_links(text):
    assert found(text) == []


def test_a_name_under_a_real_top_level_domain_is_one_even_where_a_file_may_be_meant():
    assert found("corre script.py") == [("domain", "script.py")]
    assert found("informe.pdf, foto.jpg, notas.docx, lista.txt") == []


def test_both_readings_of_words_run_up_against_a_host():
    assert found("见bad.example") == [("domain", "xn--bad-xz8i.example"), HOST]
    assert found("看192.0.2.1年") == [("ip", "192.0.2.1")]
    assert found("url=\nbad.example/x") == [PAGE]
    assert found("bad.example.Es ella") == [("domain", "bad.example.es"), HOST]
    assert found("пример.рф") == [("domain", "xn--e1afmkfd.xn--p1ai")]


def nested(levels, last="https://bad.example/x"):
    address = last
    for level in range(levels):
        address = f"https://t{level}.test/?u={quote(address, safe='')}"
    return address


def test_what_is_not_followed_to_the_end_is_told():
    address = "https://bad.example/x"
    for level in range(13):
        address = f"https://t{level}.test/r/{address}"
    deep = [one for one in all_inside(address) if one.kind == UNREAD]
    assert deep == []  # all levels of a path stand written out in the first
    many = "https://t.test/?u=" + "&u=".join(f"h{number}.test/x" for number in range(70))
    told = [one for one in all_inside(many) if one.kind == UNREAD]
    assert [one.normal for one in told] == [
        "links inside this link are followed 12 levels down and 64 in all: there are more"
    ]
    assert all(one.kind != UNREAD for one in links_inside(many))
    assert len([one for one in links_inside(many) if one.normal.endswith(".test/x")]) == 64
    packed = "https://bad.example/x"
    for level in range(5):
        packed = f"https://t{level}.test/?x={coded(packed)}"
    assert [one.normal for one in all_links(packed) if one.kind == UNREAD] == [
        "texts packed inside this link are read 3 levels down: there are more"
    ]


def test_an_honest_chain_of_redirects_is_followed_without_a_word():
    for levels in range(5):
        seen = all_links(nested(levels))
        assert ("url", "http://bad.example/x") in [(one.kind, one.normal) for one in seen]
        assert UNREAD not in [one.kind for one in seen]


def test_what_stayed_unread_is_a_misfit_of_its_record_and_no_observable():
    schema = Schema("test.unread", text=message("words"), address=url("address"))
    many = "https://t.test/?u=" + "&u=".join(f"h{number}.test/x" for number in range(70))
    table = pa.table({"ref": ["m 1", "m 2"], "text": ["hola", many], "address": ["https://a.example/", None]})
    seen, misfits = observed(schema, table, "f")
    assert [(one.ref, one.raw[:20]) for one in misfits] == [("m 2", many[:20])]
    assert misfits[0].reason == "links inside this link are followed 12 levels down and 64 in all: there are more"
    assert UNREAD not in seen["kind"].to_pylist()
    assert seen["normal"].to_pylist()[-1] == "http://a.example"


@pytest.mark.parametrize(
    "unit",
    [".", ":", "[", "]", "%", "[.", "(dot)", " DOT ", "a DOT com ", "\\n", "\\n.", "\\u002e", "&#46;", "&#", "=\n", "a=\n", "%25",
     "%253A", "aHR0c", "odHRw", "aHR0cHM6Ly9iYWQuZXhhbXBsZS94", "68747470", "data:;base64,", "data:,", "sms:?body=", "wa.me/?text=a&",
     "text=", "//", "\\\\", "http:\\\\", "http//", "https?", "#a.mx", "+a.mx", "/a.mx", "..a.mx", "见a.mx", "сайтa.mx", "сайт",
     "见", "http://a\n", "http://a\tb", "https://a.\n", "a.Es", "a.mx.Es", "http://a.mx.Gracias.", "*.", "//*.", "<dot>", "\ufe0f",
     "web.archive.org/web/1/a.mx/", "http://a:99999", ":99999", "a.mx:/"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(unit):
    short = seconds(unit, 60_000)
    assert seconds(unit, 240_000) < 9 * short + 0.3  # four times as long; a quadratic search takes 16 times as long


@pytest.mark.parametrize("unit", [".", ":", "[", "%", "[.", "%25", "&#", "\\"])
def test_a_megabyte_of_marks_takes_seconds(unit):
    assert seconds(unit, 1_000_000) < 10


def seconds(unit, length):
    text = unit * (length // len(unit))
    began = time.process_time()
    all_links(text)
    all_inside(f"http://bad.example/?u={text}")
    return time.process_time() - began


@given(st.text(alphabet="a.:/[](){}\\dot@1& #46;tel+。xhpDOT%3A=\n\tunrs见*", max_size=24))
def test_where_a_link_is_found_the_pattern_for_columns_matches(text):
    for whole in (text, f"bad{text}example", f"{text}bad.example", f"https://{text}.example"):
        hinted = pc.match_substring_regex(pa.array([whole], pa.string()), HINTS).to_pylist()
        assert not all_links(whole) or hinted == [True]


@pytest.mark.parametrize("text", [row[1] for row in FORMS] + [row[1] for row in CARRIED])
def test_the_pattern_for_columns_passes_over_no_form(text):
    assert pc.match_substring_regex(pa.array([text], pa.string()), HINTS).to_pylist() == [True]

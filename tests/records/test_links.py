"""Links in free text: every dress they come in, what they carry inside, and what merely looks like one."""

import time

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.records.links import HINTS, Link, links, links_inside, webkit_links
from perito.records.normal import indicator_keys, keys


def found(text):
    return [(link.kind, link.normal) for link in links(text)]


def answers(text):
    return {key for link in links(text) for key in keys(link.kind, link.normal)}


def matched(text, domain):
    return not answers(text).isdisjoint(indicator_keys("domain", domain))


@pytest.mark.parametrize(
    "text",
    ["https://bad.example/x", "HTTPS://BAD.EXAMPLE/X", "http://bad.example/x/", "bad.example/x", "BAD.example/X",
     "Mira: https://bad.example/x.", "(https://bad.example/x)", "[https://bad.example/x]", "<https://bad.example/x>",
     '"https://bad.example/x"', "'https://bad.example/x'", "“https://bad.example/x”", "«https://bad.example/x»",
     "¿https://bad.example/x?", "https://bad.example/x!", "https://bad.example/x…", "https://bad.example/x,",
     "https://bad.example/x;", "*https://bad.example/x*", "_https://bad.example/x_", "~https://bad.example/x~",
     "[aquí](https://bad.example/x)", "[aquí](bad.example/x).", "{https://bad.example/x}", "`https://bad.example/x`",
     "href='https://bad.example/x'>aquí", '{"url":"https:\\/\\/bad.example\\/x"}', "https://bad.example/x\\n",
     "Ve a https://bad.example/x\nGracias", "verhttps://bad.example/x", "看https://bad.example/x", "ir:bad.example/x",
     "https://u:p@bad.example/x", "https://good.test@bad.example/x", "https://bad.example.:443/x",
     "hxxp://bad.example/x", "hXXps://bad.example/x", "h**p://bad.example/x", "hxxp://bad[.]example/x",
     "hxxps[:]//bad[.]example/x", "hxxps[://]bad[.]example/x", "http[:]//bad(.)example/x", "bad{.}example/x",
     "bad[dot]example/x", "bad(dot)example/x", "bad [.] example/x", "bad [dot] example/x", "bad[punto]example/x",
     "bad\\.example/x", "bad[.example/x", "https://bad。example/x", "https://bad\uff0eexample/x", "bad。example/x",
     "ht\u200btps://bad.exa\u200bmple/x", "https://bad\u2060.example/x", "\ufeffhttps://bad.example/x",
     "https://b\u00adad.example/x", "https://bad.example/./x", "https&#58;//bad&#46;example/x", "http:/bad.example/x",
     "https://bad.example/x| otra cosa", "https://bad.example\\x", "\u202ehttps://bad.example/x",
     "👉https://bad.example/x👈", "bad.example/x👉🏽\ufe0f!", "\u200fhttps://bad.exam\u200eple/x", "\u2066bad.example/x\u2069", "http://bad.example:80/x、", "https://bad.example/x。", "http://bad.example/x）"],
)  # fmt: skip
def test_one_link_in_every_dress(text):
    assert found(text) == [("url", "http://bad.example/x")]


@pytest.mark.parametrize(
    "text",
    ["bad.example", "Bad.Example", "BAD.EXAMPLE", "Entra a bad.example.", "bad.example, ya", "(bad.example)", "bad.example)",
     "[bad.example]", "'bad.example'", '"bad.example"', "<bad.example>", "bad.example!", "bad.example…", "es:bad.example",
     "bad[.]example", "bad[.]example.", "bad(.)example", "bad。example", "bad.example。", "bad\uff0eexample", "bad｡example", "\uff42\uff41d.example",
     "bad.example.Gracias", "bad.example。谢谢", "*bad.example*", "_bad.example_", "-bad.example", "– bad.example –",
     "url=bad.example", "¡bad.example!", "bad.exa\u200bmple", "bad\u00ad.example", "|bad.example|", "bad.example…y",
     "bad.example에서", "bad.exampleへ行く", "bad.example谢谢", "Ver bad.example.Ñandú corre"],
)  # fmt: skip
def test_a_bare_domain_in_every_dress(text):
    assert found(text) == [("domain", "bad.example")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("www.x.mx", [("domain", "www.x.mx")]),
        ("mi-sitio.com.mx y otro.net", [("domain", "mi-sitio.com.mx"), ("domain", "otro.net")]),
        ("señal.mx", [("domain", "xn--seal-hqa.mx")]),
        ("xn--seal-hqa.mx", [("domain", "xn--seal-hqa.mx")]),
        ("пример.рф", [("domain", "xn--e1afmkfd.xn--p1ai")]),
        ("abcdefghij234567.onion", [("domain", "abcdefghij234567.onion")]),
        ("bad.example:8080", [("url", "http://bad.example:8080")]),
        ("bad.example:8080/x", [("url", "http://bad.example:8080/x")]),
        ("bad.example?x=1", [("url", "http://bad.example?x=1")]),
        ("192.0.2.1", [("ip", "192.0.2.1")]),
        ("ip 192.0.2.1, puerto", [("ip", "192.0.2.1")]),
        ("192[.]0[.]2[.]1", [("ip", "192.0.2.1")]),
        ("192.0.2.1:8080/x", [("url", "http://192.0.2.1:8080/x")]),
        ("http://0xC0000201/", [("url", "http://192.0.2.1")]),
        ("http://3221225985/x", [("url", "http://192.0.2.1/x")]),
        ("http://[2001:DB8::1]/x", [("url", "http://[2001:db8::1]/x")]),
        ("192.0.2.1.Gracias", [("ip", "192.0.2.1")]),
        ("192。0。2。1。谢谢", [("ip", "192.0.2.1")]),
        ("点http://bad.example谢谢", [("url", "http://bad.example")]),
        ("https://bad.example에서 봐", [("url", "http://bad.example")]),
        ("[2001:DB8::1]", [("ip", "2001:db8::1")]),
        ("a.B+c@Bad.Example", [("email", "a.b+c@bad.example")]),
        ("mailto:ana@bad.example?subject=x", [("email", "ana@bad.example")]),
        ("<ana@bad.example>, <eva@bad.example>", [("email", "ana@bad.example"), ("email", "eva@bad.example")]),
        ("u:p@bad.example/x#", [("email", "p@bad.example"), ("url", "http://bad.example/x")]),
        ("ana[@]bad[.]example", [("email", "ana@bad.example")]),
        ("ana[at]bad[dot]example", [("email", "ana@bad.example")]),
        ("ana [at] bad [dot] example", [("email", "ana@bad.example")]),
        ("tel:+52-55-5289-9427", [("phone", "+525552899427")]),
        ("https://wa.me/5215552899427", [("url", "http://wa.me/5215552899427"), ("phone", "+525552899427")]),
        ("whatsapp://send?phone=+525552899427&text=hola", [("url", "whatsapp://send?phone=+525552899427&text=hola"), ("phone", "+525552899427")]),
        ("ftp://bad.example/x", [("url", "ftp://bad.example/x")]),
        ("webcal://bad.example/x.ics", [("url", "webcal://bad.example/x.ics")]),
        ("http://localhost:3000/x", [("url", "http://localhost:3000/x")]),
        ("http://es.example/wiki/A_(b)", [("url", "http://es.example/wiki/a_(b)")]),
        ("(http://es.example/wiki/A_(b))", [("url", "http://es.example/wiki/a_(b)")]),
        ("http://a.test,http://b.test;http://c.test/x|http://d.test",
         [("url", "http://a.test"), ("url", "http://b.test"), ("url", "http://c.test/x"), ("url", "http://d.test")]),
        ("http://a.test/x,http://b.test/y", [("url", "http://a.test/x"), ("url", "http://b.test/y")]),
        ("a.test/x http://a.test/x A.TEST/x/", [("url", "http://a.test/x")]),
        ("[http://a.test](http://b.test/x)", [("url", "http://a.test"), ("url", "http://b.test/x")]),
        ("[bit.ly/1xA](https://bad.example)", [("url", "http://bit.ly/1xA"), ("url", "http://bad.example")]),
        ("http://bad.example/?a=1&amp;b=2", [("url", "http://bad.example?a=1&b=2")]),
        ("http://bad.exampleconpuntos", [("url", "http://bad.exampleconpuntos")]),
        ("http://bad.example:8080texto", [("url", "http://bad.example:8080")]),
        ("texto.http://bad.example", [("url", "http://bad.example")]),
        ("http://bad.example/1234567s/ y bad.test.", [("url", "http://bad.example/1234567s"), ("domain", "bad.test")]),
    ],
)  # fmt: skip
def test_links_of_a_text(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "hola", "Llego a las 10.30.", "report.pdf", "foto.final.jpg", "C:\\fotos\\a.docx", "v1.2.3", "1.2.3.4.5",
     "11.2.3.456", "1.2.3", "01.2.3.4", "1.2.3.4-beta", "e.g.this", "S.A. de C.V.", "fin.Luego", "3.14", "12.05.2021", "...",
     "a.b", "x@y", "@usuario", "@bad.example", "com.apple.mobilesafari", "self.example_test", "file:///private/var/x.example",
     "http://", "http:// bad", "://", "https://.", "http://1.2.3.4.5/", "http://256.1.1.1/", "foo/bad.example", "Fin.",
     "javascript:alert(document.location)", "data:text/html,hola", "intranet.local", "router.lan/x?u=z.pdf", "ana@servidor",
     "(dot) com", "punto com", "5215552899427@s.whatsapp.net", "[.]", "..example", "-.-"],
)  # fmt: skip
def test_what_is_no_link(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    ["http://intranet.local/?q=bad.example", "intranet.local/?q=bad.example", "localhost/?q=bad.example",
     "http://safe.example/bad.example/x", "http://safe.example/#bad.example", "safe.example/?q=bad.example", "xbad.example",
     "x-bad.example", "notbad.example", "http://notbad.example", "bad.example.safe.test", "http://bad.example.safe.test/x",
     "bad-example.test", "http://bad-example.test/", "badexample", "bad_example", "ana@notbad.example", "http://bad.examplex/",
     "http://bad.example@safe.test/", "http://safe.test/?busca=bad.example", "bad.example-x.test", "http://bad.example.mx",
     "хbad.example", "https://www.google.com/search?q=bad.example", "http://bad.example:x@safe.test/", "bad.example_.test",
     "http://safe.test/bad.example.html", "reporte-bad.example.pdf", "http://safe.test/?name=bad.example&z=1",
     "sub_bad.example", "http://bad%2eexample.safe.test"],
)  # fmt: skip
def test_a_lookalike_is_not_the_indicator(text):
    assert not matched(text, "bad.example")


@pytest.mark.parametrize("text", ["11.2.3.4", "1.2.3.45", "1.2.3.4.5", "http://11.2.3.4/", "http://1.2.3.45/", "1.2.3.4.example",
                                  "http://x.test/?ip=1.2.3.4", "http://1-2-3-4.x.test/", "v1.2.3.4", "1.2.3.4.5/x"])  # fmt: skip
def test_an_address_inside_a_longer_number_is_not_that_address(text):
    assert "ip:1.2.3.4" not in answers(text)


@pytest.mark.parametrize(
    "text",
    ["http://a.bad.example/", "http://cdn1.a.bad.example:8080/x", "www.bad.example", "https://bad.example.", "u@bad.example/x",
     "ana@mail.bad.example", "http://WWW.BAD.EXAMPLE", "http://x.test/?u=http://bad.example", "x.test/?url=bad.example/y"],
)  # fmt: skip
def test_what_lies_under_a_domain_matches_it(text):
    assert matched(text, "bad.example")


@pytest.mark.parametrize(
    "address",
    ["https://t.test/?u=https://bad.example/x", "https://t.test/?u=https%3A%2F%2Fbad.example%2Fx",
     "https://t.test/?u=https%253A%252F%252Fbad.example%252Fx", "https://t.test/?u=https%25253A%25252F%25252Fbad.example%25252Fx",
     "https://t.test/?q=https://bad.example/x", "https://t.test/?anything=https%3a%2f%2fbad.example%2fx&b=1",
     "https://t.test/?u=//bad.example/x", "https://t.test/?u=%2F%2Fbad.example%2Fx", "https://t.test/?url=bad.example/x",
     "https://t.test/?redirect_uri=bad.example%2Fx", "https://t.test/?a=1;next=bad.example/x", "https://t.test/#https://bad.example/x",
     "https://t.test/#/?u=https%3A%2F%2Fbad.example%2Fx", "https://t.test/#u=bad.example/x", "https://t.test/a?b=1&amp;u=bad.example/x",
     "https://t.test/r/https://bad.example/x", "https://t.test/r/https:/bad.example/x", "https://t.test/r/https%3A%2F%2Fbad.example%2Fx",
     "https://web.archive.org/web/2016/http://bad.example/x", "https://www.google.com/amp/s/bad.example/x",
     "https://www.google.com.mx/amp/bad.example/x", "https://bad-example.cdn.ampproject.org/c/s/bad.example/x",
     "https://bad-example.translate.goog/x", "https://translate.google.com/translate?sl=auto&u=http://bad.example/x",
     "https://www.google.com/url?sa=t&q=http%3A%2F%2Fbad.example%2Fx&usg=1", "https://www.google.com/url?q=bad.example/x",
     "http://webcache.googleusercontent.com/search?q=cache:AbC-1_z:bad.example/x",
     "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbad.example%2Fx&data=05", "view-source:https://bad.example/x",
     "https://urldefense.proofpoint.com/v2/url?u=https-3A__bad.example_x&d=D", "https://urldefense.com/v3/__https://bad.example/x__;!!A",
     "https://secure-web.cisco.com/1aB/http%3A%2F%2Fbad.example%2Fx", "https://l.facebook.com/l.php?u=https%3A%2F%2Fbad.example%2Fx&h=A",
     "https://r.search.yahoo.com/_ylt=A/RV=2/RU=https%3a%2f%2fbad.example%2fx/RK=2", "https://wa.me/?text=Mira%20https%3A%2F%2Fbad.example%2Fx%20ya",
     "whatsapp://send?text=http%3A%2F%2Fbad.example%2Fx", "itms-services://?action=download-manifest&url=https://bad.example/x",
     "android-app://com.test.app/https/bad.example/x", "intent://bad.example/x#Intent;scheme=https;package=com.test;end",
     "intent://t.test/y#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fbad.example%2Fx;end", "googlechromes://bad.example/x",
     "microsoft-edge:https://bad.example/x", "blob:https://bad.example/x", "x-safari-https://bad.example/x",
     "https://t.test/?u=https%3A%2F%2Ft2.test%2F%3Fu%3Dhttps%253A%252F%252Fbad.example%252Fx",
     "https://t.test/?u=http://t2.test/?u=http://t3.test/?u=http://bad.example/x", "t.test/?u=hxxp://bad[.]example/x",
     "about:reader?url=https%3A%2F%2Fbad.example%2Fx", "javascript:location.href='https://bad.example/x'", "data:text/html,<a href=https://bad.example/x>",
     "mailto:?body=Mira%20https%3A%2F%2Fbad.example%2Fx", "sms:?body=https%3A%2F%2Fbad.example%2Fx", "intent:#Intent;S.browser_fallback_url=https%3A%2F%2Fbad.example%2Fx;end"],
)  # fmt: skip
def test_a_link_carried_in_a_link(address):
    assert ("url", "http://bad.example/x") in found(address)
    if not address.startswith(("t.test/?u=hxxp", "https://t.test/a?b=1&amp;")):  # only people write so, not browsers
        assert ("url", "http://bad.example/x") in [(one.kind, one.normal) for one in links_inside(address)]


def test_a_parameter_may_have_parameters_of_its_own():
    assert found("https://t.test/?u=http://bad.example/x?a=1&b=2") == [
        ("url", "http://t.test?u=http://bad.example/x?a=1&b=2"),
        ("url", "http://bad.example/x?a=1"),
        ("url", "http://bad.example/x?a=1&b=2"),
    ]


@pytest.mark.parametrize("name", ["q", "query", "search", "text", "name", "utm_source", "site", "ref"])
def test_a_host_that_was_searched_for_was_not_visited(name):
    assert found(f"https://t.test/?{name}=bad.example") == [("url", f"http://t.test?{name}=bad.example")]


def test_the_value_is_as_it_was_written():
    text = "Mira\u200b hxxps://bad[.]exa\u200bmple/1&amp;2, y u[at]bad[.]example o bad[.]example!"
    assert links(text) == [
        Link("url", "hxxps://bad[.]exa\u200bmple/1&amp;2", "http://bad.example/1&2"),
        Link("email", "u[at]bad[.]example", "u@bad.example"),
        Link("domain", "bad[.]example", "bad.example"),
    ]
    assert links("(WWW.Bad.Example/X).") == [Link("url", "WWW.Bad.Example/X", "http://www.bad.example/x")]


def test_a_long_link_is_cut_but_its_host_is_read():
    (one,) = links("http://bad.example/" + "a" * 5_000)
    assert len(one.value) == 2_000
    assert one.normal == "http://bad.example/" + "a" * 5_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("https_www.bad.example_0.localstorage", ["http://www.bad.example"]),
        ("http_bad.example_8080.localstorage-wal", ["http://bad.example:8080"]),
        ("HomeDomain/Library/WebKit/WebsiteData/LocalStorage/https_bad.example_0.localstorage", ["http://bad.example"]),
        ("___IndexedDB/https_bad.example_0/", ["http://bad.example"]),
        ("IndexedDB/v1/https_bad.example_0/abc/IndexedDB.sqlite3", ["http://bad.example"]),
        ("https_bad.example_0.indexeddb.leveldb/000003.log", ["http://bad.example"]),
        ("https_a_b.bad.example_443", ["http://a_b.bad.example"]),
        ("https_xn--seal-hqa.mx_0", ["http://xn--seal-hqa.mx"]),
        ("http_192.0.2.1_0", ["http://192.0.2.1"]),
        ("https_a.test_0_https_bad.example_0", ["http://a.test", "http://bad.example"]),
        ("file__0", []),
        ("file__0.localstorage", []),
        ("https__0", []),
        ("Library/SMS/sms.db", []),
        ("xhttps_bad.example_0", []),
        ("https_bad.example", []),
    ],
)
def test_sites_in_storage_names(name, expected):
    assert [link.normal for link in webkit_links(name)] == expected


@pytest.mark.parametrize(
    "unit",
    ["a", ".", "a.", "a@", "http://", "http:/", "://", "a://", "(", ")", "[", "http://a.mx/)", "http://a.mx/?u=", "bad.example ",
     "%3A%2F%2F", "http%3A%2F%2Fa.mx", "[.]", "hxxp", "&amp;", "a-", "a+", "a.b+", "1.", "1.2.3.4", "[1:", "tel:+1", "\u200b",
     "http://a.mx/amp/s/", "u=//a.mx&", "intent://a#Intent;scheme=", "..", "@@", "' ", "http://a.mx'", "a_", "a\\.", "_a.mx",
     "https_a.mx_0", "https_a", "android-app://a/http/", "http://a.mx,", "。", "\ud800", "a,", "http://a/%", "http__", "http__a.mx", "&a.mx",
     "aHR0c/", "h0dHA/", "687474703a", "aHR0cHM6Ly9hLm14", "data:,;base64,aHR0cHM6Ly9hLm14", "//t.me/?text=", "?text=a.mx&", "C:\\n", "ⓐ.", "\\na.mx"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(unit):
    text = unit * (250_000 // len(unit))
    began = time.process_time()
    links(text)
    webkit_links(text)
    links_inside("http://bad.example/?u=" + text)
    assert time.process_time() - began < 4


@given(st.text())
def test_any_text_is_searched_without_error(text):
    for whole in (text, f"http://{text}", f"bad.example{text}", f"x{text}bad.example/{text}"):
        for link in links(whole):
            assert link.normal
            assert keys(link.kind, link.normal)
        webkit_links(whole)
        links_inside(whole)


@given(
    st.sampled_from(["", "Mira ", "(", "ve:", "«", "¡", "1. ", "\n", "…"]),
    st.sampled_from(["https://", "HTTP://", "hxxp://", "", "https://u:p@"]),
    st.sampled_from(["bad.example", "BAD.example", "bad[.]example", "a.bad.example", "bad。example"]),
    st.sampled_from(["", ":8443", ".", "/", "/x?y=z#w", "/x)", ":8443/x"]),
    st.sampled_from(["", " ya", ".", ")", "»", "!", "\n", ", o"]),
)
def test_every_dress_together(before, scheme, host, end, after):
    assert matched(before + scheme + host + end + after, "bad.example")


def hinted(texts):
    return pc.match_substring_regex(pa.array(texts, pa.string()), HINTS).to_pylist()


def test_the_pattern_for_whole_columns_passes_over_no_link():
    texts = [
        "bad.example", "bad。example", "bad\uff0eexample", "http://localhost", "http:\\/\\/localhost", "tel:5552899427", "TEL:+525552899427",
        "[2001:db8::1]", "bad[dot]example", "bad(punto)example", "ana{at}bad[dot]example", "bad&#46;example", "hxxp[:]//localhost",
        "hxxp[://]localhost", "bad [.] example", "bad [dot] example", "sms://5552899427", "bad.\u200bexample",
    ]  # fmt: skip
    assert [text for text in texts if not links(text)] == []
    assert [text for text, hint in zip(texts, hinted(texts), strict=True) if not hint] == []
    assert hinted(["hola", "Llego a las 10.30."[:5], "Fin. Otra cosa…", "¿Qué? (sí)", "a: b"]) == [False] * 5


@given(st.text(alphabet="a.:/[](){}\\dot@1& #46;tel+。xhp", max_size=16))
def test_where_a_link_is_found_the_pattern_matches(text):
    for whole in (text, f"bad{text}example", f"{text}bad.example"):
        assert not links(whole) or hinted([whole]) == [True]

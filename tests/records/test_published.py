"""Every published domain and address: found in each dress, and never in a look-alike."""

import os
import re
from base64 import b64encode
from ipaddress import IPv4Address
from random import Random

import pytest

from perito.records.links import links
from perito.records.normal import indicator_keys, keys
from perito.records.suffixes import is_tld, public_suffix
from perito.records.urls import host_name, is_ip

WORD = re.compile(r"(?<![\w.@/\-])[\w\-]+(?:\.[\w\-]+)+(?![\w.\-])")
SOAK = os.environ.get("PERITO_HYPOTHESIS") == "soak"
ENDINGS = {".txt", ".csv", ".stix2", ".json", ".yaml", ".ioc", ".xml"}


@pytest.fixture(scope="module")
def published(shared):
    """Every word of the published lists that is a host: a few are file or package names, which are as good here."""
    words = set()
    for path in sorted((shared / "indicators").rglob("*")):
        if path.suffix in ENDINGS:
            words.update(WORD.findall(path.read_text("utf-8", errors="replace").replace("\\/", "/")))
    return sorted(word for word in words if is_published_host(word))


def is_published_host(word):
    name = host_name(word)
    if name is None or word.startswith(("-", "_")) or word.endswith(("-", "_")):
        return False
    return (is_ip(name) and name == word) or is_tld(name.rpartition(".")[2])


def missed(values, dress):
    return [value for value in values if not found(dress(value), value)]


def found(text, value):
    asked = set(indicator_keys("domain", value))
    return any(not asked.isdisjoint(keys(link.kind, link.normal)) for link in links(text))


@pytest.mark.parametrize(
    "dress",
    [
        "https://{}/x", "http://{}", "HTTP://{}:8080/x?y=z", "https://user:pass@{}/x", "https://{}./x", "https://{}:443/#top",
        "Mira: {}", "({}/x)", "{}.", "hxxp://{}/x", "https://t.test/?u=https%3A%2F%2F{}%2Fx", "<a href='https://{}'>ver</a>",
        "https://t.test/r/http://{}/x",
    ],
)  # fmt: skip
def test_found_in_every_dress(published, dress):
    assert len(published) > 8_000
    assert missed(published, dress.format) == []


DRESSES = [
    "http:\\\\{}/x", "http:/\\{}", "//{}/x", "http//{}/x", "http;//{}", "https,//{}/x", "http:{}/x", "hxxp//{}/x", "h[xx]p://{}/x",
    "http[s]://{}/x", "Hola\\n{}\\ny", "/{}", "etc..{}", "...{}/x", "https://*.{}/", "http://{}:99999/x", "{}:/x",
    "whatsapp://send?text=mira%20{}%2Fx", "mailto:?body=ve%20{}/x", "https://web.archive.org/web/2017/{}/x", "https://u.test/?u=%25252F%25252F{}%25252Fx",
    "intent://{}/x#Intent;scheme=https;end", "见 https://{}/x看", "WIFI:S:a;P:http://{}/x;;", "\\u002f\\u002f{}\\u002fx", "{}.Gracias por", "{}看", "见{}", "http://{}看",
    "http__{}/x", "https%3A%2F%2F{}%2Fx", "MATMSG:TO:a@t.test;BODY:http://{}/x;;", "fb://webview/?url=https%3A%2F%2F{}%2Fx", "view-source:https://{}/x",
    "https://l.facebook.com/l.php?u=https%3A%2F%2F{}%2Fx&h=A", "https://www.google.com/url?q=https://{}/x&sa=D", "https://www.google.com/amp/s/{}/x",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2F{}%2Fx&data=05", "https://urldefense.com/v3/__https://{}/x__;!!A",
    "[ver]({}/x)", "<{}>", 'url="{}"', "sms:+525552899427?body=ve%20{}%20ya", "https://wa.me/?text=ve+{}",
]  # fmt: skip


@pytest.mark.parametrize("dress", DRESSES)
def test_found_in_every_further_dress(published, dress):
    some = published if SOAK else Random(dress).sample(published, 600)
    assert missed(some, dress.format) == []


def test_found_where_the_host_itself_is_dressed(published):
    some = published if SOAK else Random(5).sample(published, 600)
    for mark in (
        " (dot) ",
        " [ . ] ",
        "(punto)",
        " [punto] ",
        "[.",
        "&#46;",
        "&period;",
        "\\u002e",
        "\u2024",
        "\uff0e",
        ".\u200b",
        "<.>",
    ):
        assert missed(some, lambda value, mark=mark: value.replace(".", mark) + "/x") == []
    for number in range(1, 4):
        assert missed(some, lambda value, at=number: f"https://{value[:at]}\u00ad{value[at:]}/x") == []
        assert missed(some, lambda value, at=number: f"https://{value[:at]}=\n{value[at:]}/x") == []
    assert missed(some, lambda value: f"https://{wide(value)}/x") == []
    assert missed(some, lambda value: f"https://t.test/?x={b64encode(f'https://{value}/x'.encode()).decode()}") == []
    assert missed(some, lambda value: f"https://t.test/?x={f'http://{value}/x'.encode().hex()}") == []


def test_found_packed_in_base64_at_each_place_and_as_a_page(published):
    some = published if SOAK else Random(11).sample(published, 600)

    def code(value, before=""):
        return b64encode(f"{before}https://{value}/x".encode()).decode().rstrip("=")

    for before in ("", '{"u":"', '{"ur":"'):
        assert missed(some, lambda value, before=before: f"https://t.test/?x={code(value, before)}") == []
    assert missed(some, lambda value: f"https://t.test/?u=a1{code(value)}&ntb=1") == []
    assert missed(some, lambda value: "data:text/html;base64," + code(value, "<a href=")) == []


def test_found_with_any_character_of_no_width_inside(published):
    some = published if SOAK else Random(13).sample(published, 300)
    for mark in "\u00ad\u034f\u180e\u200b\u200d\u2060\u2064\u206a\ufe0f\ufeff\U000e0061":
        assert missed(some, lambda value, mark=mark: f"Mira {value[:2]}{mark}{value[2:]} ya") == []


def test_found_as_a_translated_host(published):
    domains = [value for value in published if not is_ip(value) and "_" not in value]
    some = domains if SOAK else Random(17).sample(domains, 600)
    dashed = {value: value.replace("-", "--").replace(".", "-") for value in some}
    assert missed(some, lambda value: f"https://{dashed[value]}.translate.goog/x?_x_tr_sl=es") == []


def wide(value):
    """Return the ASCII text in full-width letters, dots and all."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in value)


def test_found_after_signs_that_mean_no_figures(published):
    some = [value for value in published if not is_ip(value)]
    for dress in ("#{}", "+{}/x", ".{}/x", "&{}"):
        assert missed(some if SOAK else Random(7).sample(some, 600), dress.format) == []


def test_found_where_a_line_break_parts_the_host(published):
    some = [value for value in published if not is_ip(value) and value.count(".") == 1]
    for mark in ("\n", "\r\n", "\t"):
        assert (
            missed(
                some if SOAK else Random(3).sample(some, 600),
                lambda value, mark=mark: f"https://{value[:2]}{mark}{value[2:]}/x",
            )
            == []
        )


def test_found_in_upper_case_and_defanged(published):
    assert missed(published, lambda value: f"HTTPS://{value.upper()}/X") == []
    assert missed(published, lambda value: "hxxps://" + value.replace(".", "[.]") + "/x") == []
    assert missed(published, lambda value: value.replace(".", "。") + "/x") == []


def test_found_under_a_child_host(published):
    domains = [value for value in published if not is_ip(value) and public_suffix(value) != host_name(value)]
    assert missed(domains, "https://cdn1.{}/x".format) == []
    assert missed(domains, "a.b.{}".format) == []


def test_addresses_found_as_other_numbers(published):
    addresses = [value for value in published if is_ip(value)]
    assert len(addresses) > 500
    assert missed(addresses, lambda value: f"http://{int(IPv4Address(value))}/") == []
    assert missed(addresses, lambda value: f"http://{int(IPv4Address(value)):#x}/") == []


@pytest.mark.parametrize(
    "dress",
    ["//x{}/", "#x{}", "etc..x{}", "/x/{}", "http//x{}/", "http__x{}", "见x{}", "ñ{}", "{}xпривет", "https://safe.example/?text={}", "@{}",
     "https://safe.example/web/2017/{}", "https://x{}/", "x{}", "https://{}x/", "{}x", "https://{}.safe.example/x", "{}.safe.example", "x-{}", "{}-x.example",
     "http://intranet.local/?q={}", "https://safe.example/?search={}", "https://safe.example/{}/x", "https://{}@safe.example/",
     "https://safe.example/#{}", "1{}", "{}1", "foto-{}.pdf"],
)  # fmt: skip
def test_not_found_in_a_lookalike(published, dress):
    assert [value for value in published if found(dress.format(value), value)] == []


def test_not_found_with_hyphens_for_dots(published):
    assert [value for value in published if found(f"http://{value.replace('.', '-')}.example/", value)] == []

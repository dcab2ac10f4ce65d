"""Every published domain and address: found in each dress, and never in a look-alike."""

import re
from ipaddress import IPv4Address

import pytest

from perito.records.links import links
from perito.records.normal import indicator_keys, keys
from perito.records.suffixes import is_tld, public_suffix
from perito.records.urls import host_name, is_ip

WORD = re.compile(r"(?<![\w.@/\-])[\w\-]+(?:\.[\w\-]+)+(?![\w.\-])")
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
    ["https://x{}/", "x{}", "https://{}x/", "{}x", "https://{}.safe.example/x", "{}.safe.example", "x-{}", "{}-x.example",
     "http://intranet.local/?q={}", "https://safe.example/?search={}", "https://safe.example/{}/x", "https://{}@safe.example/",
     "https://safe.example/#{}", "1{}", "{}1", "foto-{}.pdf"],
)  # fmt: skip
def test_not_found_in_a_lookalike(published, dress):
    assert [value for value in published if found(dress.format(value), value)] == []


def test_not_found_with_hyphens_for_dots(published):
    assert [value for value in published if found(f"http://{value.replace('.', '-')}.example/", value)] == []

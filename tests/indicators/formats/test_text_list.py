"""Lists of one value a line."""

import pytest

from tests.indicators.formats.claims import claims, left_out, problems, told


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("v4_validation_domains.txt", "domain"),
        ("ip-addresses.txt", "ip"),
        ("package_cert_hashes.txt", "certificate"),
        ("package_names.txt", "app_id"),
        ("file_paths.txt", "path"),
        ("files.txt", "file_name"),
        ("config_profiles.txt", "profile"),
        ("android_properties.txt", "property"),
        ("samples.txt", "hash"),
        ("processes.txt", "process"),
        ("emails.txt", "email"),
    ],
)
def test_the_name_says_what_it_holds(name, kind):
    assert told("first\nsecond\n", name) == "Text list"
    assert claims("first\nsecond\n", name) == [(kind, "first"), (kind, "second")]


def test_without_a_telling_name_each_value_says_what_it_is():
    text = (
        "a.example\n192.0.2.1\nhttps://a.example/x\nevil@bad.example\n"
        + "a" * 64
        + "\n/private/var/tmp/evil\ncom.evil.app.client\nx.apk\nthing\n"
    )
    assert claims(text, "indicators") == [
        ("domain", "a.example"),
        ("ip", "192.0.2.1"),
        ("url", "https://a.example/x"),
        ("email", "evil@bad.example"),
        ("hash", "a" * 64),
        ("path", "/private/var/tmp/evil"),
        ("app_id", "com.evil.app.client"),
        ("file_name", "x.apk"),
    ]
    assert problems(text, "indicators") == [("line 9", "a value whose kind cannot be told")]


def test_comments_bullets_and_other_tools_forms():
    text = (
        "# domains\n; more\n// more\n\n- a.example\n* b.example  # why\n0.0.0.0 c.example\n||d.example^$third-party\n"
        + "a" * 64
        + "  x.apk\ne.example,\r\n"
    )
    assert [value for _, value in claims(text, "list")] == [
        "a.example",
        "b.example",
        "c.example",
        "d.example",
        "a" * 64,
        "e.example",
    ]


def test_defanged_values_are_told():
    assert claims("smsmensaje[.]example\nhxxp://a[.]example/x\nevil[@]bad[.]example\n", "list") == [
        ("domain", "smsmensaje[.]example"),
        ("url", "hxxp://a[.]example/x"),
        ("email", "evil[@]bad[.]example"),
    ]


def test_notes_behind_a_value_make_neither_a_table_nor_another_value():
    text = (
        "a.example # c2, of May\nb.example ; c2\nc.example - c2\nd.example (c2)\ne.example\t2021-01-01\n"
        "f.example, g.example\n.h.example.com\n<i.example>\n198.51.100.9 - 198.51.100.12\n"
    )
    assert told(text, "list.txt") == "Text list"
    assert [value for _, value in claims(text, "list.txt")] == [
        "a.example", "b.example", "c.example", "d.example", "e.example", "f.example", "g.example", ".h.example.com",
        "198.51.100.9 - 198.51.100.12",
    ]  # fmt: skip
    assert problems(text, "list.txt") == [("line 8", "a value whose kind cannot be told")]


def test_a_process_or_path_keeps_what_looks_like_a_note():
    assert claims("evil (helper)\n/private/var/db/evil - copy\n", "processes.txt") == [
        ("process", "evil (helper)"),
        ("process", "/private/var/db/evil - copy"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        (
            "127.0.0.1 localhost\n::1 localhost ip6-localhost\n255.255.255.255 broadcasthost\n0.0.0.0 0.0.0.0\n"
            "0.0.0.0 a.example b.example # why\n0.0.0.0\tc.example\n"
        ),
        "address=/a.example/0.0.0.0\nserver=/b.example/\nlocal=/c.example/\n",
        'server:\nlocal-zone: "a.example" always_nxdomain\nlocal-zone: "b.example" refuse\nlocal-zone: "c.example" deny\n',
        (
            "$TTL 300\n@ IN SOA localhost. root.localhost. (1 2 3 4 5)\n  IN NS localhost.\na.example CNAME .\n"
            "b.example 300 IN CNAME .\nc.example IN A 192.0.2.1\n"
        ),
        "[Domains]\na.example\n[More of them]\nb.example c.example\n",
        "||a.example^\n||b.example^$all\n||c.example\n",
    ],
)
def test_lists_for_resolvers_and_filters_name_hosts_and_nothing_else(text):
    assert told(text, "block.txt") == "Text list"
    assert claims(text, "block.txt") == [("domain", "a.example"), ("domain", "b.example"), ("domain", "c.example")]
    assert problems(text, "block.txt") == []


def test_sums_in_two_forms_and_several_on_a_line():
    text = f"{'a' * 64}  command.com\nSHA256 (x.apk) = {'b' * 64}\n{'c' * 32} {'d' * 40} {'e' * 64}\n"
    assert [value for _, value in claims(text, "list")] == ["a" * 64, "b" * 64, "c" * 32, "d" * 40, "e" * 64]


def test_names_and_addresses_in_all_scripts():
    assert claims("\u00e9vil.com\n\u0437\u043b\u043e.\u0440\u0444\n[2001:db8::2]\n", "list") == [
        ("domain", "\u00e9vil.com"),
        ("domain", "\u0437\u043b\u043e.\u0440\u0444"),
        ("ip", "[2001:db8::2]"),
    ]
    assert claims(f"a\u00f1o.pdf\n.evil.plist\n.com.evil.app\n{'a' * 64}\n" + "192.0.2.1\n" * 5, "list")[:3] == [
        ("file_name", "a\u00f1o.pdf"),
        ("file_name", ".evil.plist"),
        ("file_name", ".com.evil.app"),
    ]


def test_prose_is_no_list():
    for name, text in (
        ("README.md", "a.example\nb.example\n"),
        ("notes.txt", "The domain a.example was seen.\nSo was another.\n"),
        ("domains.txt", "These are the domains that we have seen in May.\nSee the report.\n"),
        ("setup.py", "import os\n"),
        ("binary", "\x00\x01\x02"),
    ):
        assert told(text, name) is None


def test_an_empty_list_is_known_by_its_name_alone():
    assert told("", "domains.txt") == "Text list"
    assert told("\n", "domains.txt") == "Text list"
    assert told("", "anything.txt") is None


def test_a_line_without_end_and_bytes_that_are_no_text():
    assert len(claims("b.example\nc.example\n" + "a" * 300_000 + "\nd.example", "domains.txt")) == 6
    assert claims(b"\xff\xfe\nb.example\nc.example\n"[2:], "domains.txt") == [
        ("domain", "b.example"),
        ("domain", "c.example"),
    ]


def test_what_a_filter_list_lets_through_or_says_of_pages_names_no_host():
    text = (
        "[Adblock Plus]\n! Title: block\n||a.example^\n@@||good.example^\n@@||good.example^$document\n"
        "b.example##.banner\nc.example#@#.banner\n/^ad[sx]?\\d*\\./\n||ads.*^\n||d.example^$third-party\n||198.51.100.7^\n"
    )
    assert claims(text, "filter.txt") == [("domain", "a.example"), ("domain", "d.example"), ("ip", "198.51.100.7")]
    assert left_out(text, "filter.txt")["an exception, which a list lets through"] == 1
    assert problems(text, "filter.txt") == []


def test_a_name_that_a_resolver_is_to_ask_elsewhere_is_not_blocked():
    text = (
        "address=/a.example/#\naddress=/b.example/c.example/0.0.0.0\nserver=/d.example/\n"
        "server=/good.example/198.51.100.1\naddress=/router.example/192.168.1.1\n"
    )
    assert [value for _, value in claims(text, "dnsmasq.conf")] == ["a.example", "b.example", "c.example", "d.example"]


def test_a_policy_zone_lets_names_through_and_names_addresses_backwards():
    text = (
        "$TTL 300\n@ SOA localhost. root.localhost. (1 2 3 4 5)\n  NS localhost.\n;\na.example CNAME .\n*.a.example CNAME .\n"
        "good.example CNAME rpz-passthru.\n32.7.100.51.198.rpz-ip CNAME .\n24.0.113.0.203.rpz-ip CNAME .\n"
    )
    assert claims(text, "rpz.zone") == [
        ("domain", "a.example"), ("domain", "*.a.example"), ("ip", "198.51.100.7"), ("ip", "203.0.113.0/24"),
    ]  # fmt: skip
    assert left_out(text, "rpz.zone") == {"an exception, which a list lets through": 1}


def test_headings_are_no_values_and_do_not_make_a_short_list_prose():
    text = f"Hashes\n{'a' * 64}\n\nURLs\nhxxps[:]//a[.]example/x\n\nC2 domains:\na[.]example\n\nEvilRAT\n198[.]51[.]100.7:4145\n"
    assert told(text, "may.txt") == "Text list"
    assert claims(text, "may.txt") == [
        ("hash", "a" * 64), ("url", "hxxps[:]//a[.]example/x"), ("domain", "a[.]example"), ("ip", "198[.]51[.]100.7:4145"),
    ]  # fmt: skip
    assert problems(text, "may.txt") == [("line 10", "a value whose kind cannot be told")]


def test_values_with_labels_and_several_on_a_line():
    text = (
        f"C2: a.example\nSHA256 hash: {'a' * 64}\n- b[.]example - 198.51.100[.]7\n198.51.100[.]8 port 443 - c[.]example\n"
        f"{'b' * 64};a sample of May\nd.example;80\nVersion: 10.3.1.4\nContact: lab@lab.example\n"
    )
    assert [value for _, value in claims(text, "list.txt")] == [
        "a.example", "a" * 64, "b[.]example", "198.51.100[.]7", "198.51.100[.]8", "c[.]example", "b" * 64, "d.example",
    ]  # fmt: skip


def test_a_link_to_the_report_is_no_indicator():
    text = (
        "report\nhttps://lab.example/r\n\nIOC\n\na.example\nb.example\nhttps://a.example/x\n"
        "https://www.virustotal.com/gui/file/0f\nhttps://twitter.com/lab/status/12\n"
    )
    assert claims(text, "may.txt") == [("domain", "a.example"), ("domain", "b.example"), ("url", "https://a.example/x")]
    assert left_out(text, "may.txt")["a link to a report, not an indicator"] == 1


def test_what_stands_below_a_heading_of_what_is_allowed_is_no_indicator():
    text = "Malicious domains:\na.example\nb.example\nLegitimate domains:\ngood.example\nC2 domains:\nc.example\n"
    assert [value for _, value in claims(text, "may.txt")] == ["a.example", "b.example", "c.example"]


def test_patterns_for_names_of_files_are_told_and_not_asked():
    text = "# patterns\n\\\\evil\\.sys;80\n(TEMP|TMP)\\\\dl_[0-9]{2}\\.exe;75\n"
    assert claims(text, "filename-iocs.txt") == []
    assert "a regular expression for names of files, which is not compared here" in left_out(text, "filename-iocs.txt")


def test_a_digest_in_a_list_of_hosts_is_a_digest():
    assert claims(f"a.example\n{'a' * 64}\n", "domains.txt") == [("domain", "a.example"), ("hash", "a" * 64)]
    assert claims(f"{'a' * 64}\nhttps://a.example/x\n", "samples.txt") == [
        ("hash", "a" * 64),
        ("url", "https://a.example/x"),
    ]


def test_zeros_between_values_do_not_cost_the_list():
    text = "a.example\n" * 50 + "\0\0b.example\nc.example\n"
    assert [value for _, value in claims(text, "x.txt")][-1] == "c.example"


def test_what_a_heading_or_the_name_of_a_list_calls_harmless_or_attacked_accuses_nobody():
    text = """
# Allow-list:
a.example
# Phishing domains
bad1.example
# White list
# last changed in spring
b.example
# Blacklist
bad2.example
[Allowlist]
c.example
[C2]
bad3.example
# Victims
d.example
# APT 28, second wave
bad4.example
Not malicious:
e.example
C2 servers:
bad5.example
# not in any allowlist of ours
bad6.example
"""
    assert claims(text, "list.txt") == [("domain", f"bad{number}.example") for number in range(1, 7)]
    assert {"an exception, which a list lets through", "who was attacked, and no attacker"} <= left_out(
        text, "list.txt"
    ).keys()
    assert claims("a.example\nb.example\n", "whitelist.txt") == []
    assert claims("a.example\nb.example\n", "victims.txt") == []
    assert claims("a.example\nb.example\n", "Víctimas-dominios.txt") == []
    assert claims("a.example\n", "attacks-on-victims.txt") == [("domain", "a.example")]
    assert claims("a.example\n", "blacklist.txt") == [("domain", "a.example")]


def test_a_letter_is_no_list():
    assert told("From: ana@x.example\nTo: b@y.example\n\nhola\n", "mail.eml") is None

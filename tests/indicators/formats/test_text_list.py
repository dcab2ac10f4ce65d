"""Lists of one value a line."""

import pytest

from tests.indicators.formats.claims import claims, problems, told


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

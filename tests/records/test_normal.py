"""Normal forms and keys of every kind: what meets, and what must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.hashing import key_hash
from perito.records.normal import FORMS, indicator_keys, key_hashes, keys, normal

KINDS = [
    "domain",
    "url",
    "ip",
    "email",
    "phone",
    "process",
    "path",
    "file_name",
    "hash",
    "app_id",
    "certificate",
    "profile",
    "property",
]
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def meets(kind, value, indicator, asked=None, **options):
    form = normal(kind, value)
    return form is not None and not set(keys(kind, form)).isdisjoint(
        indicator_keys(asked or kind, indicator, **options)
    )


def test_all_kinds_are_known():
    assert sorted(FORMS) == sorted(KINDS)


# --- url, domain, ip ---------------------------------------------------------------------------------------------


def test_keys_of_an_address_are_itself_its_host_and_every_domain_above():
    assert keys("url", "http://a.b.bad.com.mx:8080/x") == (
        "url:http://a.b.bad.com.mx:8080/x", "host:a.b.bad.com.mx",
        "domain:a.b.bad.com.mx", "domain:b.bad.com.mx", "domain:bad.com.mx", "domain:com.mx",
    )  # fmt: skip
    assert keys("url", "http://192.0.2.1/x") == ("url:http://192.0.2.1/x", "ip:192.0.2.1")
    assert keys("url", "http://[2001:db8::1]:80/x") == ("url:http://[2001:db8::1]:80/x", "ip:2001:db8::1")
    assert keys("url", "http://[::ffff:c000:201]") == ("url:http://[::ffff:c000:201]", "ip:192.0.2.1")
    assert keys("url", "about:blank") == ("url:about:blank",)
    assert keys("domain", "a.bad.example") == ("domain:a.bad.example", "host:a.bad.example", "domain:bad.example")
    assert keys("domain", "192.0.2.1") == ("ip:192.0.2.1",)


@pytest.mark.parametrize(
    "value",
    ["https://bad.example/x", "https://bad.example:8080/x", "https://u@bad.example/", "https://bad.example./x", "HTTPS://BAD.EXAMPLE",
     "https://cdn1.bad.example/x", "https://www.bad.example", "https://bad。example", "bad.example"],
)  # fmt: skip
def test_a_domain_meets_every_address_on_it_or_under_it(value):
    assert meets("url", value, "bad.example", "domain")


@pytest.mark.parametrize(
    "value",
    ["https://notbad.example/", "https://bad.example.net/", "https://bad-example.test/", "http://intranet.local/?q=bad.example",
     "https://bad.example@safe.test/", "https://example/", "https://safe.test/bad.example"],
)  # fmt: skip
def test_a_domain_does_not_meet_a_lookalike(value):
    assert not meets("url", value, "bad.example", "domain")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bad.example", ("domain:bad.example",)),
        (" BAD.Example. ", ("domain:bad.example",)),
        ("www.bad.example", ("domain:www.bad.example",)),
        ("*.bad.example", ("domain:bad.example",)),
        (".bad.example", ("domain:bad.example",)),
        ("bad[.]example", ("domain:bad.example",)),
        ("hxxp://bad[.]example/", ("domain:bad.example",)),
        ("https://bad.example", ("domain:bad.example",)),
        ("bad.example:8443", ("domain:bad.example",)),
        ("señal.mx", ("domain:xn--seal-hqa.mx",)),
        ("xn--seal-hqa.mx", ("domain:xn--seal-hqa.mx",)),
        ("192.0.2.1", ("ip:192.0.2.1",)),
        ("192.0.2.1:443", ("ip:192.0.2.1",)),
        ("0xC0000201", ("ip:192.0.2.1",)),
        ("[2001:DB8::1]", ("ip:2001:db8::1",)),
        ("2001:DB8::1", ("ip:2001:db8::1",)),
        ("bad.example/x", ("url:http://bad.example/x",)),
        ("github.io", ("host:github.io",)),
        ("s3.amazonaws.com", ("host:s3.amazonaws.com",)),
        ("com.mx", ("host:com.mx",)),
        ("com", ("host:com",)),
        ("despacho", ("host:despacho",)),
        ("", ()),
        ("bad example", ()),
        ("http://", ()),
    ],
)
def test_what_an_indicator_under_domain_asks_for(value, expected):
    assert indicator_keys("domain", value) == expected


def test_a_shared_host_is_met_exactly():
    assert indicator_keys("domain", "bad.example", exact_host=True) == ("host:bad.example",)
    assert meets("url", "https://bad.example/x", "bad.example", "domain", exact_host=True)
    assert not meets("url", "https://other.bad.example/x", "bad.example", "domain", exact_host=True)
    assert meets("url", "https://s3.amazonaws.com/bad/x", "s3.amazonaws.com", "domain")
    assert not meets("url", "https://mine.s3.amazonaws.com/x", "s3.amazonaws.com", "domain")
    assert meets("url", "https://x.bad.github.io/", "bad.github.io", "domain")
    assert not meets("url", "https://good.github.io/", "bad.github.io", "domain")


def test_a_domain_with_a_path_does_not_flag_the_whole_site():
    assert meets("url", "https://github.com/Bad/App/", "github.com/bad/app", "domain")
    assert not meets("url", "https://github.com/good/app", "github.com/bad/app", "domain")


def test_www_in_an_indicator_is_part_of_the_host():
    assert meets("url", "https://www.bad.example/x", "www.bad.example", "domain")
    assert meets("url", "https://www.bad.example/x", "bad.example", "domain")
    assert not meets("url", "https://bad.example/x", "www.bad.example", "domain")


@pytest.mark.parametrize(
    "value",
    [
        "http://bad.example/1234567s/",
        "https://bad.example/1234567s",
        "HTTP://Bad.Example:80/1234567S#x",
        "bad.example/1234567s/",
    ],
)
def test_an_address_meets_its_spellings(value):
    assert meets("url", value, "hxxp://bad[.]example/1234567s/")


def test_an_address_asks_for_itself_only():
    assert indicator_keys("url", "http://bad.example/") == ("url:http://bad.example",)
    assert not meets("url", "http://bad.example/x", "http://bad.example/")
    assert not meets("url", "http://bit.ly/1xa", "http://bit.ly/1xA")
    assert meets("url", "https://bit.ly/1xA", "http://bit.ly/1xA")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"), (" 192.0.2.1 ", "192.0.2.1"), ("192.0.2.1:443", "192.0.2.1"), ("192.0.2.1/32", "192.0.2.1"),
        ("192[.]0[.]2[.]1", "192.0.2.1"), ("0xC0.0.2.1", "192.0.2.1"), ("0xC0000201", "192.0.2.1"), ("0300.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:C000:201", "192.0.2.1"), ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"), ("[2001:db8::1]:443", "2001:db8::1"), ("fe80::1%en0", "fe80::1"), ("2001:db8::1/128", "2001:db8::1"),
        ("192.0.2.0/24", None), ("bad.example", None), ("", None), ("7", None), ("2016", None), ("1.2.3.4.5", None), ("256.1.1.1", None),
        (":::", None), ("192.0.2.1/x", None),
    ],
)  # fmt: skip
def test_ip(value, expected):
    assert normal("ip", value) == expected


def test_an_address_inside_a_longer_number_is_another_address():
    assert not meets("url", "http://11.2.3.4/", "1.2.3.4", "ip")
    assert meets("url", "http://1.2.3.4:8080/x", "1.2.3.4", "ip")
    assert meets("url", "http://0x1020304/", "1.2.3.4", "ip")
    assert meets("url", "http://1.2.3.4/", "1.2.3.4", "domain")


# --- e-mail and phone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ana@Bad.Example", "ana@bad.example"), ("mailto:ana@bad.example?subject=x", "ana@bad.example"), ("E:ana@bad.example", "ana@bad.example"),
        ("Ana <ana@bad.example>", "ana@bad.example"), ("ana@señal.mx", "ana@xn--seal-hqa.mx"), ("ana[at]bad[.]example", "ana@bad.example"),
        ("ana@gmail", "ana@gmail"), ("ana@bad.example.", "ana@bad.example"), ("ñandú@bad.example", "ñandú@bad.example"),
        ("5215552899427@s.whatsapp.net", None), ("123-456@g.us", None), ("12345@lid", None), ("status@broadcast", None),
        ("ana", None), ("ana@", None), ("@bad.example", None), ("a b@c d", None), ("", None),
    ],
)  # fmt: skip
def test_email(value, expected):
    assert normal("email", value) == expected


def test_an_email_answers_to_its_domain():
    assert keys("email", "ana@mail.bad.example") == (
        "email:ana@mail.bad.example", "host:mail.bad.example", "domain:mail.bad.example", "domain:bad.example",
    )  # fmt: skip
    assert meets("email", "ana@bad.example", "bad.example", "domain")
    assert not meets("email", "ana@notbad.example", "bad.example", "domain")
    assert not meets("email", "eva@bad.example", "ana@bad.example")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("+52 1 55 5289 9427", "+525552899427"), ("+52 55 5289 9427", "+525552899427"), ("00525552899427", "+525552899427"),
        ("5215552899427", "+525552899427"), ("525552899427", "+525552899427"), ("tel:+52-55-5289-9427", "+525552899427"),
        ("5215552899427@s.whatsapp.net", "+525552899427"), ("5215552899427@c.us", "+525552899427"), ("p:+525552899427", "+525552899427"),
        ("5215552899427:12@s.whatsapp.net", "+525552899427"), ("(55) 5289-9427", "5552899427"), ("0445552899427", "5552899427"),
        ("015552899427", "5552899427"), ("\u202a+52\u00a055\u20115289\u20119427\u202c", "+525552899427"), ("\uff0b\uff15\uff12 5552899427", "+525552899427"),
        ("+1 (202) 555-0143", "+12025550143"), ("33456", "33456"), ("+525552899427;ext=3", "+525552899427"), ("52899427", "52899427"),
        ("123456-789@g.us", None), ("12345678901234@lid", None), ("TELCEL", None), ("", None), ("+", None), ("*#06#", None),
        ("1" * 16, None), ("+" + "1" * 16, None), ("+123", None), ("ana@bad.example", None),
    ],
)  # fmt: skip
def test_phone(value, expected):
    assert normal("phone", value) == expected


@pytest.mark.parametrize(
    ("value", "indicator"),
    [
        ("+52 1 55 5289 9427", "5552899427"), ("+525552899427", "+5215552899427"), ("5552899427", "5552899427"),
        ("5552899427", "+52 55 5289 9427"), ("5215552899427@s.whatsapp.net", "(55) 5289 9427"), ("044 55 5289 9427", "+525552899427"),
        ("33456", "33456"), ("525552899427", "+525552899427"),
    ],
)  # fmt: skip
def test_phones_that_meet(value, indicator):
    assert meets("phone", value, indicator)


@pytest.mark.parametrize(
    ("value", "indicator"),
    [
        ("+1 555 289 9427", "+52 555 289 9427"), ("+15552899427", "+525552899427"), ("15552899427", "+525552899427"), ("+525552833456", "33456"),
        ("133456", "33456"), ("+525552899427", "52899427"), ("33456", "+525552833456"), ("+5255528994271", "+525552899427"),
    ],
)  # fmt: skip
def test_phones_that_do_not_meet(value, indicator):
    assert not meets("phone", value, indicator)


# --- process, path, file name ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "indicator"),
    [
        ("roleaccountd", "roleaccountd"), ("RoleAccountD", "roleaccountd"), ("/private/var/db/x/roleaccountd", "roleaccountd"),
        ("roleaccountd/com.apple.x", "roleaccountd"), ("roleaccountd", "/usr/libexec/roleaccountd"),
        ("CumulativeUsageT", "CumulativeUsageTracker"), ("CumulativeUsageT/com.apple.x", "CumulativeUsageTracker"), ("exactly16letters", "exactly16letters"),
    ],
)  # fmt: skip
def test_processes_that_meet(value, indicator):
    assert meets("process", value, indicator)


@pytest.mark.parametrize(
    ("value", "indicator"),
    [
        ("roleaccountd2", "roleaccountd"), ("xroleaccountd", "roleaccountd"), ("CumulativeUsage", "CumulativeUsageTracker"),
        ("CumulativeUsageTrack", "CumulativeUsageTracker"), ("BackupAgent2", "BackupAgent"), ("CumulativeUsageTracker", "CumulativeUsageT"),
        ("CumulativeUsageX", "CumulativeUsageTracker"),
    ],
)  # fmt: skip
def test_processes_that_do_not_meet(value, indicator):
    assert not meets("process", value, indicator)


def test_keys_of_a_process():
    assert keys("process", "bh") == ("process:bh",)
    assert keys("process", "cumulativeusaget") == ("process:cumulativeusaget", "process16:cumulativeusaget")
    assert indicator_keys("process", "CumulativeUsageTracker") == (
        "process:cumulativeusagetracker",
        "process16:cumulativeusaget",
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/private/var/db/x", "/private/var/db/x"), ("/var/db/X", "/private/var/db/x"), ("/etc/hosts", "/private/etc/hosts"),
        ("/tmp/x", "/private/var/tmp/x"), ("/private/tmp/x", "/private/var/tmp/x"), ("/private/var/tmp/x/", "/private/var/tmp/x"),
        ("//private//var/./tmp/y/../x", "/private/var/tmp/x"), ("/../../var/x", "/private/var/x"), ("file:///private/var/tmp/a%20b", "/private/var/tmp/a b"),
        ("private/var/tmp/x", "/private/var/tmp/x"), ("var/tmp/x", "/private/var/tmp/x"), ("mobile/Library/SMS/sms.db", "/private/var/mobile/library/sms/sms.db"),
        ("dump1/private/var/tmp/x", "/private/var/tmp/x"), ("~/Library/SMS/a.gif", "/private/var/mobile/library/sms/a.gif"),
        ("HomeDomain/Library/SMS/sms.db", "/private/var/mobile/library/sms/sms.db"), ("RootDomain/Library/x", "/private/var/root/library/x"),
        ("AppDomain-com.x/Documents/a", "/appdomain-com.x/documents/a"), ("/sdcard/Download/a.apk", "/data/media/0/download/a.apk"),
        ("/storage/emulated/0/a.apk", "/data/media/0/a.apk"), ("/data/user/0/com.x/a", "/data/data/com.x/a"), ("C:\\Users\\x", "/c:/users/x"),
        ("/variable/x", "/variable/x"), ("/tmpfile", "/tmpfile"), ("", None), ("/", None), (".", None), ("..", None),
    ],
)  # fmt: skip
def test_path(value, expected):
    assert normal("path", value) == expected


@pytest.mark.parametrize(
    ("value", "indicator"),
    [
        ("/private/var/tmp/foo", "/private/var/tmp/foo"), ("/var/tmp/FOO", "/private/var/tmp/foo"), ("/private/var/tmp/foo", "/var/tmp/foo"),
        ("/private/var/tmp/foo/bar", "/private/var/tmp/foo"), ("/private/var/tmp/foo/a/b/c", "/private/var/tmp/foo/"), ("private/var/tmp/foo", "/var/tmp/foo"),
        ("/tmp/l/x", "/tmp/l/"), ("HomeDomain/Library/Preferences/com.bad.plist", "Library/Preferences/com.bad.plist"),
        ("/private/var/root/Library/Preferences/com.bad.plist", "Library/Preferences/com.bad.plist"), ("/data/local/tmp/wd/pred.so", "/data/local/tmp/wd/"),
        ("HomeDomain/Library/Preferences/com.bad.plist", "/private/var/mobile/Library/Preferences/com.bad.plist"),
    ],
)  # fmt: skip
def test_paths_that_meet(value, indicator):
    assert meets("path", value, indicator)


@pytest.mark.parametrize(
    ("value", "indicator"),
    [
        ("/private/var/tmp/foobar", "/private/var/tmp/foo"), ("/private/var/tmp", "/private/var/tmp/foo"), ("/x/private/foo", "/private/foo"),
        ("/private/var/tmp/foo", "/private"), ("/private/var/tmp/foo", "/"), ("AppDomain-com.x/Library/Preferences/com.bad.plist", "Library/Preferences/com.bad.plist"),
        ("/private/var/tmp/foo", "tmp"), ("/private/var/tmp/foo", "var"),
    ],
)  # fmt: skip
def test_paths_that_do_not_meet(value, indicator):
    assert not meets("path", value, indicator)


def test_keys_of_a_path_are_itself_its_folders_and_its_name():
    assert keys("path", "/private/var/tmp/foo.db") == (
        "path:/private/var/tmp/foo.db", "path:/private/var/tmp", "path:/private/var", "file_name:foo.db",
    )  # fmt: skip
    assert keys("path", "/foo") == ("path:/foo", "file_name:foo")
    assert indicator_keys("path", "pe_main.js") == ("file_name:pe_main.js",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Pe_Main.js", "pe_main.js"),
        ("/x/y/Pe_Main.js", "pe_main.js"),
        ("C:\\x\\Pe_Main.js", "pe_main.js"),
        ("x/", "x"),
        ("", None),
        ("/", None),
    ],
)
def test_file_name(value, expected):
    assert normal("file_name", value) == expected


def test_a_file_name_meets_the_path_that_ends_in_it():
    assert meets("path", "/private/var/tmp/Pe_Main.js", "pe_main.js", "file_name")
    assert not meets("path", "/private/var/pe_main.js/x", "pe_main.js", "file_name")
    assert not meets("path", "/private/var/xpe_main.js", "pe_main.js", "file_name")


# --- the rest ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("hash", MD5.upper(), MD5), ("hash", f" {MD5}\n", MD5), ("hash", "SHA256:" + "Ab" * 32, "ab" * 32), ("hash", "a" * 40, "a" * 40),
        ("hash", "a" * 128, "a" * 128), ("hash", "a" * 31, None), ("hash", "g" * 32, None), ("hash", "", None),
        ("certificate", ":".join(["AB"] * 20), "ab" * 20), ("certificate", "ab " * 32, "ab" * 32), ("certificate", "ab", None),
        ("app_id", " com.Bad.App ", "com.bad.app"), ("app_id", "", None),
        ("profile", "{76DAB334-0000-4D25-A5D6-0794EB5818A5}", "76dab334-0000-4d25-a5d6-0794eb5818a5"), ("profile", "com.Bad.Profile", "com.bad.profile"),
        ("profile", "{}", None), ("property", "sys.Brand.note", "sys.brand.note"),
    ],
)  # fmt: skip
def test_other_kinds(kind, value, expected):
    assert normal(kind, value) == expected


def test_a_profile_is_compared_as_a_whole():
    assert meets("profile", "{76DAB334-0000-4D25-A5D6-0794EB5818A5}", "76dab334-0000-4d25-a5d6-0794eb5818a5")
    assert not meets("profile", "76dab334", "76dab334-0000-4d25-a5d6-0794eb5818a5")


def test_an_app_also_answers_as_a_process():
    assert keys("app_id", "com.bad.app") == ("app_id:com.bad.app", "process:com.bad.app")


def test_hashes_of_many_are_the_hashes_of_each():
    seen = [
        ("url", "http://a.bad.example/x"),
        ("path", "/private/var/x"),
        ("url", "http://192.0.2.1"),
        ("email", "a@bad.example"),
        ("url", "about:blank"),
    ]
    own, further = key_hashes([kind for kind, _ in seen], [form for _, form in seen])
    assert own == [key_hash(keys(kind, form)[0]) for kind, form in seen]
    assert further == [[key_hash(key) for key in keys(kind, form)[1:]] for kind, form in seen]


@given(st.sampled_from(KINDS), st.text())
def test_any_text_has_a_normal_form_or_none(kind, value):
    form = normal(kind, value)
    if form is not None:
        assert keys(kind, form)
        assert key_hashes([kind], [form])[0] == [key_hash(keys(kind, form)[0])]
    assert isinstance(indicator_keys(kind, value), tuple)


@given(st.sampled_from(KINDS), st.text(alphabet="aZ09.:/@+-\\%~ ñ。", max_size=20))
def test_an_observable_meets_an_indicator_of_the_same_text(kind, value):
    form = normal(kind, value)
    if form is not None and (kind != "path" or form.count("/") > 1):
        assert meets(kind, value, value)
        assert normal(kind, form) == form


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value", ["x" * 1_000_000, "/" * 1_000_000, "+" * 1_000_000, "a@" * 500_000, "1" * 1_000_000, "<" * 1_000_000]
)
def test_a_megabyte_of_anything(kind, value):
    form = normal(kind, value)
    assert form is None or len(form) <= 20_000
    indicator_keys(kind, value)

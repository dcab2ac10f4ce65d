"""Lists written as YAML, and rules, which are counted."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats import rule_files, stalkerware
from perito.indicators.indicator import About, Claim, Rule
from tests.indicators.formats.claims import claims, context, left_out, problems, said, told, unmatched

LIST = """- name: EvilSpy
  names:
  - Evil
  type: stalkerware
  packages:
  - com.evil
  certificates:
  - 31A6ECECD97CF39BC4126B8745CD94A7C30BF81C
  websites:
  - evil.example
  distribution:
  - https://shop.example/evil
  certificate_organizations:
  - Evil SRL
  c2:
    domains:
    - c2.example  # c2.example/x.apk
    ips:
    - 192.0.2.1
  tracks:
  - x

- name: Watcher
  type: watchware
  packages: [com.watch, "com.watch.kids"]
"""


def test_families():
    assert told(LIST) == "Stalkerware YAML"
    assert claims(LIST) == [
        ("app_id", "com.evil"),
        ("certificate", "31A6ECECD97CF39BC4126B8745CD94A7C30BF81C"),
        ("domain", "evil.example"),
        ("url", "https://shop.example/evil"),
        ("domain", "c2.example"),
        ("ip", "192.0.2.1"),
        ("app_id", "com.watch"),
        ("app_id", "com.watch.kids"),
    ]
    assert context(LIST) == ["evil.example", "com.watch", "com.watch.kids"]
    assert [one.about.campaign for one in said(LIST)[1] if isinstance(one, Claim)] == ["EvilSpy"] * 6 + ["Watcher"] * 2
    assert left_out(LIST) == {"certificate_organizations is not compared here": 1}
    assert unmatched(LIST) == [("tracks", "x", "tracks is not compared here")]


def test_a_bomb_of_aliases_is_not_followed():
    bomb = LIST + "- name: Bomb\n  a: &a [x, x]\n  b: &b [*a, *a, *a, *a]\n  packages: [*b, com.last]\n"
    assert claims(bomb)[-1] == ("app_id", "com.last")
    assert [reason for _, reason in problems(bomb)] == ["an alias, which is not followed"] * 5


def test_tags_build_nothing():
    text = LIST + '- name: Tag\n  packages:\n  - !!python/object/apply:os.system ["true"]\n  - com.last\n'
    assert claims(text)[-1] == ("app_id", "com.last")


def test_damage_and_depth_end_the_reading():
    assert problems(LIST + "- name: [\n")[-1][1].startswith("damaged YAML: ")
    assert problems(LIST + "- name: " + "[" * 400 + "\n")[-1][1] == "nested deeper than 50; the rest was not read"
    assert claims(LIST + "- name: [\n")[0] == ("app_id", "com.evil")


@given(st.text(alphabet="-: \n[]{}&*!ab'\"#|>%", max_size=80))
def test_any_text_is_read_without_another_exception(text):
    list(stalkerware.read(io.BytesIO(text.encode()), "x"))


@given(st.text(alphabet='rule x{}/*"\\condition:\n()', max_size=80))
def test_any_rules_are_read_without_another_exception(text):
    list(rule_files.read_yara(io.BytesIO(text.encode()), "x"))
    list(rule_files.read_snort(io.BytesIO(text.encode()), "x"))


YARA = r"""
import "pe"
/* rule in_a_comment { condition: true } */
// rule another { condition: true }
private global rule first : tag other
{
    strings:
        $a = "rule quoted { condition: true }"
        $b = { 64 65 ?? [2-4] ( 66 | 67 ) }
        $c = /rule [a-z]{3} "\/x/i
    condition:
        all of them
}
rule second { condition: filesize < 1 }
"""


def test_each_yara_rule_is_read_with_its_text_and_what_the_file_imports():
    assert told(YARA) == "YARA rules"
    first, second = said(YARA)[1]
    assert isinstance(first, Rule)
    assert (first.kind, first.name, first.ref) == ("yara_rule", "first", "rule first")
    assert first.text.startswith("private global rule first : tag other\n{")
    assert first.before.startswith('\nimport "pe"\n/*')
    assert second[1:4] == ("second", "rule second { condition: filesize < 1 }\n", "rule second")
    assert second.before == first.before


def test_two_yara_rules_on_one_line_are_two():
    text = "rule a{strings:$a={7B 7D} condition:$a} private rule b{condition:false}rule c { condition: true }"
    assert [(one.name, one.text) for one in said(text, "f.yar")[1] if isinstance(one, Rule)] == [
        ("a", "rule a{strings:$a={7B 7D} condition:$a} "),
        ("b", "private rule b{condition:false}"),
        ("c", "rule c { condition: true }"),
    ]


def test_what_the_metadata_of_a_yara_rule_says():
    rule = (
        'rule x {\n meta:\n  author = "A \\"Lab\\""\n  date = "2021-07-18"\n  family = "Evil"\n'
        '  reference = "https://lab.example/r"\n  license = "CC0"\n  score = 7\n strings: $a = "author = 1"\n'
        ' condition: $a }\nrule y { meta: date = "2021-99-99" condition: true }\n'
    )
    first, second = (one.about for one in said(rule, "f.yar")[1])
    assert first == About('A "Lab", f.yar', "Evil", "https://lab.example/r", date(2021, 7, 18), licence="CC0")
    assert second == About()


def test_snort_and_suricata_rules_are_counted_and_told():
    text = '# comment\nalert tcp any any -> $HOME_NET any (msg:"x"; sid:1;)\n#alert udp any any -> any 53 (msg:"off"; sid:2;)\nalert dns $HOME_NET any -> any any \\\n (msg:"y"; sid:3;)\nnonsense\n'
    assert told(text) == "Snort rules"
    assert [value[:10] for _, value, _ in unmatched(text)] == ["alert tcp ", "alert dns "]
    assert left_out(text) == {"a rule that its publisher switched off": 1}
    assert problems(text) == [("line 6", "not a rule")]


def test_each_sigma_rule_is_read():
    rule = (
        "title: One\nlogsource:\n  product: android\ndetection:\n  selection:\n    name: evil\n  condition: selection\n"
    )
    text = rule + "---\n" + rule.replace("One", "Two") + "---\ntitle: nothing\n"
    assert told(text) == "Sigma rules"
    first, second = (one for one in said(text)[1] if isinstance(one, Rule))
    assert (first.kind, first.name, first.ref, first.about.campaign) == ("sigma_rule", "One", "line 1", "One")
    assert (second.name, second.ref) == ("Two", "line 9")
    assert [reason for _, reason in problems(text)] == ["a document that is no rule"]


def test_a_comment_without_end_is_told():
    text = "rule a { condition: true }\n/* open\nrule b { condition: true }\n"
    assert [one.name for one in said(text, "f.yar")[1] if isinstance(one, Rule)] == ["a"]
    assert problems(text, "f.yar") == [("", "a comment that does not end; what is in it was not read")]


@pytest.mark.parametrize("piece", ["/* ", '" \\', "rule x ", "private ", "rule x:"])
def test_hostile_rules_are_read_in_time_that_grows_with_their_length(piece):
    list(rule_files.read_yara(io.BytesIO(b"rule a { condition: true }\n" + piece.encode() * 300_000), "x"))

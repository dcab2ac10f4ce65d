"""Tables whose columns each publisher chose."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats import csv_rows, csv_table
from perito.indicators.indicator import Claim
from tests.indicators.formats.claims import claims, context, left_out, problems, said, told, unmatched

SHA = "a" * 64
MD5 = "76F8142B4E52C671871B3DF87F10C30C"


def test_a_column_of_victims_accuses_nobody():
    text = "Víctima,Dominio\nalma.example,bad.example\n"
    assert claims(text) == [("domain", "bad.example")]
    assert left_out(text) == {'a cell of column "Víctima", which holds nothing that is compared': 1}


def test_columns_told_by_their_heads():
    text = f"SHA256,Package Name,Certificate,Version,App\n{SHA},com.evil,7F5C0D54A813BA9B87A91420CA2C3DE5E7948F09,1.2.3.4,Evil\n{SHA},,,,Evil\n"
    assert told(text) == "CSV"
    assert claims(text) == [
        ("hash", SHA),
        ("app_id", "com.evil"),
        ("certificate", "7F5C0D54A813BA9B87A91420CA2C3DE5E7948F09"),
        ("hash", SHA),
    ]
    assert {one.about.campaign for one in said(text)[1] if isinstance(one, Claim)} == {"Evil"}
    assert left_out(text) == {'a cell of column "Version", which holds nothing that is compared': 1}


def test_type_and_value():
    text = (
        "type,indicator,app\ndomain,a.example,X\nipv4,192.0.2.1,X\nFileHash-MD5,"
        + MD5
        + ",X\ncve,CVE-2016-4655,X\n,b.example,X\n"
    )
    assert claims(text) == [("domain", "a.example"), ("ip", "192.0.2.1"), ("hash", MD5), ("domain", "b.example")]
    assert unmatched(text) == [("cve", "CVE-2016-4655", "cve is not compared here")]


def test_without_heads_each_cell_is_told_by_its_form():
    text = f"a.example,192.0.2.1,first\nb.example,192.0.2.2,second\n{MD5},192.0.2.3,third\n"
    assert claims(text) == [
        ("domain", "a.example"),
        ("ip", "192.0.2.1"),
        ("domain", "b.example"),
        ("ip", "192.0.2.2"),
        ("hash", MD5),
        ("ip", "192.0.2.3"),
    ]


def test_one_column_is_a_table_by_its_name_and_a_list_by_any_other():
    text = "a.example\nbit.ly/1wl3YE2\nevil@bad.example\ncut@gmail\nhttp://bad.example/x\n"
    for name, form in (("assorted.csv", "CSV"), ("assorted.txt", "Text list")):
        assert told(text, name) == form
        assert claims(text, name) == [
            ("domain", "a.example"),
            ("url", "bit.ly/1wl3YE2"),
            ("email", "evil@bad.example"),
            ("email", "cut@gmail"),
            ("url", "http://bad.example/x"),
        ]


def test_separators_marks_and_line_ends():
    for text in (
        "domain;ip\r\na.example;192.0.2.1\r\n",
        "domain\tip\na.example\t192.0.2.1\n",
        "\ufeffdomain,ip\ra.example,192.0.2.1\r",
    ):
        assert claims(text) == [("domain", "a.example"), ("ip", "192.0.2.1")]
    assert claims("domain,ip\na.example,192.0.2.1\n".encode("utf-16")) == [("domain", "a.example"), ("ip", "192.0.2.1")]


def test_what_resolved_and_what_a_file_was_called_is_context():
    assert context("Domain,Relevant resolution,Relevant date\na.example,192.0.2.1,March 3rd\n") == ["192.0.2.1"]
    text = f"File,MD5\nputty.exe,{MD5}\nputty.exe [a copy],{MD5}\n"
    assert context(text) == ["putty.exe"]
    assert left_out(text) == {"a description, not the name of a file": 1}


def test_comments_and_rows_of_other_widths():
    text = "# a list\ndomain,ip\na.example\n# more\nb.example,192.0.2.1,what\n"
    assert claims(text) == [("domain", "a.example"), ("domain", "b.example"), ("ip", "192.0.2.1")]


def test_a_quote_that_never_ends_swallows_nothing():
    text = 'domain,note\na.example,fine\nb.example,"not closed\nc.example,fine\n'
    assert claims(text) == [("domain", "a.example"), ("domain", "b.example"), ("domain", "c.example")]
    assert problems(text) == [("line 3", "a quote that does not end; the lines behind it were read one by one")]


def test_a_first_row_taken_for_heads_is_told():
    assert problems("oddname,x\na.example,y\nb.example,z\n") == [("line 1", "taken for the heads of the columns")]


def test_the_digests_of_a_feed_are_no_files():
    text = f"{MD5.lower()},59513ebe-4144-4e2d-8670-06b38e96ca05\n" * 3
    assert claims(text, "hashes.csv") == []
    assert unmatched(text, "hashes.csv")[0] == (
        "hash",
        MD5.lower(),
        "a digest of a value, by which the files of a MISP feed are searched",
    )


def test_several_values_in_a_cell_are_several():
    text = f'type,value\ndomain,"a.example, b.example"\nsha256,"{SHA}\n{"b" * 64}"\nurl,"http://c.example/x,y z"\n'
    assert claims(text) == [
        ("domain", "a.example"),
        ("domain", "b.example"),
        ("hash", SHA),
        ("hash", "b" * 64),
        ("url", "http://c.example/x,y z"),
    ]
    text = 'Report,Domains,Process\nR1,a.example; b.example,evil helper\nR2,"c.example\nd.example",bh\n'
    assert claims(text) == [
        ("domain", "a.example"),
        ("domain", "b.example"),
        ("process", "evil helper"),
        ("domain", "c.example"),
        ("domain", "d.example"),
        ("process", "bh"),
    ]


def test_heads_in_a_comment_say_which_columns_hold_no_values():
    text = (
        '# A feed\n# id,dateadded,url,url_status,urlhaus_link\n"1","2024-01-02","http://a.example/x","online",'
        '"https://feed.example/url/1/"\n"2","2024-01-02","http://b.example/x","online","https://feed.example/url/2/"\n'
    )
    assert claims(text) == [("url", "http://a.example/x"), ("url", "http://b.example/x")]
    assert [(one.about.report, one.about.published) for one in said(text)[1] if isinstance(one, Claim)] == [
        ("https://feed.example/url/1/", date(2024, 1, 2)),
        ("https://feed.example/url/2/", date(2024, 1, 2)),
    ]
    assert left_out(text)['a cell of column "url_status", which holds nothing that is compared'] == 2
    text = '# "ioc_value", "ioc_type", "reference"\n"192.0.2.1:443", "ip:port", "https://lab.example/r"\n'
    assert claims(text) == [("ip", "192.0.2.1:443")]
    assert [one.about.report for one in said(text)[1] if isinstance(one, Claim)] == ["https://lab.example/r"]


def test_heads_and_types_in_spanish_and_in_camel_case():
    text = "tipo;valor;descripci\u00f3n\ndominio;a.example;x\ncorreo electr\u00f3nico;e@a.example;x\nTel\u00e9fono;+525512345678;x\n"
    assert claims(text) == [("domain", "a.example"), ("email", "e@a.example"), ("phone", "+525512345678")]
    text = "Direcci\u00f3n IP;N\u00famero de tel\u00e9fono;Nombre del proceso\n192.0.2.1;+525512345678;evild\n"
    assert claims(text) == [("ip", "192.0.2.1"), ("phone", "+525512345678"), ("process", "evild")]
    text = f"IndicatorType,IndicatorValue,Action\nCertificateThumbprint,{'a' * 40},Block\nFileSha256,{SHA},Block\nDomainName,a.example,Block\n"
    assert claims(text) == [("certificate", "a" * 40), ("hash", SHA), ("domain", "a.example")]


def test_servers_and_pages_of_others_are_no_values():
    text = (
        "Domain,Nameserver,Name server,Detail URL\na.example,ns1.host.example,ns2.host.example,https://lab.example/1\n"
    )
    assert claims(text) == [("domain", "a.example")]


def test_a_digest_decides_its_row_however_its_column_is_called():
    for head in ("SHA-256,Filename", "Sample,Filename", "x,Filename"):
        assert context(f"{head}\n{SHA},putty.exe\n{'b' * 64},x.apk\n") == ["putty.exe", "x.apk"]


def test_a_title_above_the_table_and_comments_of_two_kinds():
    text = "# by a lab\n; of May\nA report of May,,\nType,Indicator,Note\nDomain,a.example,c2\nBundle ID,com.evil,x\n"
    assert claims(text) == [("domain", "a.example"), ("app_id", "com.evil")]
    assert left_out(text)["a line of words above the table"] == 1


def test_the_rule_below_the_heads_of_markdown_is_no_row():
    text = "| Type | Indicator |\n|------|:---:|\n| domain | `a[.]example` |\n| ip | 192.0.2.1 |\n"
    assert claims(text) == [("domain", "`a[.]example`"), ("ip", "192.0.2.1")]
    assert unmatched(text) == []


def test_json_is_no_table():
    for text in (
        '{"domains": ["a.example", "b.example"]}',
        '["a.example","b.example"]',
        '[{"a": "a.example", "b": 1}]',
    ):
        assert told(text, "x.csv") in {None, "JSON"}


def test_tables_of_other_things_are_not_taken():
    for text in (
        "Group ID,Group name,TLV value\n64,drives,131488\n",
        "name,age,city\nAna,30,Lima\n",
        "Dear Ana, as we said,\nthe site, bad.example, is bad.\nYours, B\n",
        "folder,file,format\nx,y.txt,CSV\n",
    ):
        assert told(text, "x.csv") is None


@given(st.text(alphabet='a.,;"\n\r\t example1#', max_size=120))
def test_any_text_is_read_without_another_exception(text):
    list(csv_table.read(io.BytesIO(text.encode()), "x.csv"))


SHA256 = "0f" * 32


def test_a_column_of_types_without_a_head_says_which_column_holds_the_values_and_a_link_beside_it_is_the_report():
    text = (
        "2024-01-01 10:00:00,one,url,https://a.example/x,#lure,https://social.example/one/status/1\n"
        "2024-01-01 10:00:00,two,domain,b.example,#lure,https://social.example/two/status/2\n"
        f"2024-01-01 10:00:00,two,sha256,{SHA256},,https://social.example/two/status/3\n"
    )
    assert claims(text, "feed.csv") == [("url", "https://a.example/x"), ("domain", "b.example"), ("hash", SHA256)]
    assert [one.about.report[-1:] for one in said(text, "feed.csv")[1] if isinstance(one, Claim)] == ["1", "2", "3"]


def test_types_may_stand_under_indicator_and_values_under_data():
    text = (
        "Indicator,Data,Notes\ndescription,Indicators of May,: https://lab.example/r\ndomain,a.example,seen in May\n"
        "domain,198.51.100.7,a.example\nasn,AS 64500 (Example Ltd),198.51.100.7\nfilename,x.apk ,from a.example\n"
        f'registrar,"Names.example, LLC",for 6\nfilename,{SHA256},\nfilename,org.evil.upgrade,a package\n'
        "certificate_serial,0f0f0f0f,\ndomain_port,b.example:8181,c2\nsubject,Hello a.example,\n"
    )
    assert told(text, "a.csv") == "CSV"
    assert claims(text, "a.csv") == [
        ("domain", "a.example"), ("domain", "198.51.100.7"), ("file_name", "x.apk"), ("hash", SHA256),
        ("app_id", "org.evil.upgrade"), ("domain", "b.example:8181"),
    ]  # fmt: skip
    assert [one[:2] for one in unmatched(text, "a.csv")] == [
        ("asn", "AS 64500 (Example Ltd)"), ("certificate_serial", "0f0f0f0f"), ("subject", "Hello a.example"),
    ]  # fmt: skip
    assert left_out(text, "a.csv")["description describes and is no indicator"] == 1
    assert left_out(text, "a.csv")["registrar describes and is no indicator"] == 1


def test_a_type_that_is_no_kind_but_a_use_leaves_it_to_the_value():
    text = f"Type;Value\nC2;a[.]example\nPayload;hxxp://a[.]example/x\nMutex;Global\\x\nja3;{MD5}\nLure;Dear friend\n"
    assert claims(text) == [("domain", "a[.]example"), ("url", "hxxp://a[.]example/x")]
    assert [one[:2] for one in unmatched(text)] == [("Mutex", "Global\\x"), ("ja3", MD5), ("Lure", "Dear friend")]


@pytest.mark.parametrize(
    "text",
    [
        "domain,verdict\nbad.example,malicious\ngood.example,Benign\n",
        "domain,malicious\nbad.example,1\ngood.example,0\n",
        "domain,whitelisted\nbad.example,no\ngood.example,yes\n",
        "type,value,action\ndomain,bad.example,block\ndomain,good.example,allow\n",
        "type,value\ndomain,bad.example\nwhitelist,good.example\n",
        "type,value,to_ids,verdict\ndomain,bad.example,1,\ndomain,good.example,1,benign\n",
    ],
)
def test_what_its_publisher_says_is_harmless_is_no_indicator(text):
    assert claims(text, "a.csv") == [("domain", "bad.example")]
    assert left_out(text, "a.csv")["a row that its publisher says is harmless"] == 1


def test_several_tables_in_one_file_each_with_its_head():
    text = (
        f"Domains\na.example\nb.example\n\nHash,Name\n{MD5},x.apk\n\nIP,Port,Comment\n198.51.100.7,443,c2.example\n"
        "Type,Value\nurl,https://a.example/x\n"
    )
    assert claims(text, "a.csv") == [
        ("domain", "a.example"), ("domain", "b.example"), ("hash", MD5), ("ip", "198.51.100.7"),
        ("url", "https://a.example/x"),
    ]  # fmt: skip
    assert problems(text, "a.csv") == []


def test_the_ends_of_a_range_are_one_range_and_whom_to_write_to_is_no_indicator():
    text = (
        "# Block list\nStart\tEnd\tNetblock\tAttacks\tName\temail\n"
        "198.51.100.0\t198.51.100.255\t24\t4523\tEXAMPLE-NET\tabuse@isp.example\n"
    )
    assert claims(text, "block.txt") == [("ip", "198.51.100.0-198.51.100.255")]


def test_digests_of_a_part_of_a_file_are_none_of_the_file():
    text = f"sha256_hash,imphash,ssdeep,tlsh,authentihash,file_name\n{SHA256},{MD5},3:a:b,T1,{SHA256[::-1]},x.apk\n"
    assert claims(text, "a.csv") == [("hash", SHA256), ("file_name", "x.apk")]


def test_a_value_that_was_commented_out_above_a_table_is_no_head_of_it():
    text = f"# {MD5[::-1]};the domains of it\n{MD5};an app of a.example\n{SHA256};other, b.example\n"
    assert claims(text, "list.txt") == [("hash", MD5), ("hash", SHA256)]


def test_none_is_no_report():
    text = "ioc_value,ioc_type,reference\na.example,domain,None\nb.example,domain,https://lab.example/r\n"
    assert [one.about.report for one in said(text)[1] if isinstance(one, Claim)] == ["", "https://lab.example/r"]


def test_columns_beyond_a_thousand_are_not_read_and_told():
    text = "domain," * 2_000 + "\n" + "a.example," * 2_000 + "\n"
    assert len(claims(text, "a.csv")) == 1_000
    assert problems(text, "a.csv") == [
        ("line 1", "more than 1,000 columns; the others were not read"),
        ("line 2", "more than 1,000 columns; the others were not read"),
    ]


def test_versions_and_the_address_of_an_author_are_no_indicators():
    text = f"SHA256,App Version,iOS version,Build,Author Email\n{SHA256},1.2.3.4,10.3.1.1,8.8.8.9,lab@lab.example\n"
    assert claims(text, "a.csv") == [("hash", SHA256)]


def test_a_cell_kept_as_text_by_a_formula_and_a_day_in_milliseconds():
    text = 'domain,date\n"=""a.example""",1704067200000\nb.example,1704067200\n'
    assert claims(text, "a.csv") == [("domain", "a.example"), ("domain", "b.example")]
    assert [one.about.published for one in said(text, "a.csv")[1] if isinstance(one, Claim)] == [date(2024, 1, 1)] * 2


@given(st.lists(st.text('"",a #=\t\r\\', max_size=12), max_size=4), st.sampled_from(",;"))
def test_lines_all_in_quotes_are_read_as_any_other(lines, separator):
    lines = [f"{line}\n" for line in lines]
    quick = list(csv_rows.rows(lines, separator))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "_all_quoted", lambda *_: [])
        assert list(csv_rows.rows(lines, separator)) == quick


def test_a_line_all_in_quotes_is_not_parsed_again(monkeypatch):
    monkeypatch.setattr(csv_rows, "_parsed", None)
    assert list(csv_rows.rows(['"a","b, c",""\r\n', '"#","x"\n', '"", " "\n'[:2] + ',""\n'], ",")) == [
        csv_rows.Row(1, ["a", "b, c", ""])
    ]


HEAD_OF_MISP = "uuid,event_id,category,type,value,comment,to_ids,date\n"
ROW_OF_MISP = "1,1,Network activity,domain,misp.example,,1,20200101\n"


@pytest.mark.parametrize(
    "second", [HEAD_OF_MISP + ROW_OF_MISP, "source,campaign,type,value\nS,C,domain,misp.example\n"]
)
def test_a_row_of_another_width_in_a_further_wider_table_ends_nothing(second):
    first = "domain,comment\n" + "".join(f"a{number}.example,x\n" for number in range(csv_table.SAMPLE))
    found = claims(first + second + "short,row\n" + second.splitlines(keepends=True)[1])
    assert found[-3:] == [("domain", f"a{csv_table.SAMPLE - 1}.example")] + [("domain", "misp.example")] * 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("type,value\ndomain,a.example\n", "value,type\nmisp.example,domain\n"),
        (HEAD_OF_MISP + ROW_OF_MISP.replace("misp", "a"), "type,value\ndomain,misp.example\n"),
        ("type,value\ndomain,a.example\n", HEAD_OF_MISP + ROW_OF_MISP),
        (HEAD_OF_MISP + ROW_OF_MISP.replace("misp", "a"), HEAD_OF_MISP + ROW_OF_MISP),
    ],
)
def test_tables_of_types_and_values_one_behind_the_other(first, second):
    assert claims(first + second) == [("domain", "a.example"), ("domain", "misp.example")]
    assert unmatched(first + second) == []


def test_a_word_in_a_cell_by_itself_is_no_head_of_a_further_table():
    text = "type,value,to_ids\ndomain,a.example,1\ndomain\ndomain,misp.example,1\n"
    assert claims(text) == [("domain", "a.example"), ("domain", ""), ("domain", "misp.example")]
    told = claims("type,value,campaign,x\ndomain,a.example,C,\nip,,malware,\ndomain,b.example,C,\n")
    assert told == [("domain", "a.example"), ("domain", "b.example")]
    rows = "".join(f"domain,a{number}.example,\n" for number in range(csv_table.SAMPLE))
    assert claims("type,value,campaign\n" + rows + ",,C2\ndomain,b.example,C\n")[-1] == ("domain", "b.example")

"""Reports as text, in which indicators stand among words."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats import report
from tests.indicators.formats.claims import claims, context, left_out, told

SHA256 = "0f" * 32
MARKDOWN = f"""# Operation Example

In May 2024 we saw [links](https://news.example/a) to a[.]example; the app (version 1.2.3.4, CVE-2024-1234) asked
198.51.100.7, and its code is at <https://code.example/evil>. It copied the page of bank.example.
Questions? Write to lab[@]lab[.]example, commit {"a" * 40}.

- https://lab.example/earlier-report

## Indicators of compromise

| Indicator | Type | Description | Reference |
|---|---|---|---|
| `a[.]example` | domain | C2, like b[.]example | https://lab.example/r |
| 198[.]51.100.7 | IP | C2 | |
| `{SHA256}` | SHA256 | app 1.2.3.4 | |

### URLs

```
hxxps://a[.]example/x
198.51.100.7/y
```

### Package names

- com.evil.helper
- **org.evil.app**

## References

- https://lab.example/r2
"""


def test_markdown():
    assert told(MARKDOWN, "README.md") == "Report"
    assert claims(MARKDOWN, "README.md") == [
        ("domain", "a[.]example"),
        ("domain", "a[.]example"),
        ("ip", "198[.]51.100.7"),
        ("hash", SHA256),
        ("url", "hxxps://a[.]example/x"),
        ("url", "198.51.100.7/y"),
        ("app_id", "com.evil.helper"),
        ("app_id", "org.evil.app"),
    ]
    assert context(MARKDOWN, "README.md") == ["a[.]example"]
    assert "a link to a report, not an indicator" in left_out(MARKDOWN, "README.md")


def test_asciidoc_with_blocks():
    text = (
        "= Spies - Indicators of Compromise\n\nThe blog post is at\nhttps://lab.example/r/\n\n== Files\n\n----\n"
        f"{'AB' * 20}\n----\n\n== Network\n\n=== C&C domains\n\n----\na[.]example\nproj.b.example\n----\n"
    )
    assert told(text, "README.adoc") == "Report"
    assert claims(text, "README.adoc") == [("hash", "AB" * 20), ("domain", "a[.]example"), ("domain", "proj.b.example")]
    assert context(text, "README.adoc") == []


def test_plain_text_with_more_words_than_values():
    text = (
        "Operation Example\n=================\n\nIn May we saw links to a[.]example.\nMost were sent at night, as before.\n"
        "See https://lab.example/r for more; versions 10.3.1.4 and later are safe.\nSo much for now.\n\n"
        "Indicators\n----------\na[.]example\nb.example\nhttps://b.example/x\n"
    )
    assert told(text, "may.txt") == "Report"
    assert claims(text, "may.txt") == [
        ("domain", "a[.]example"), ("domain", "a[.]example"), ("domain", "b.example"), ("url", "https://b.example/x"),
    ]  # fmt: skip
    assert context(text, "may.txt") == ["a[.]example"]


@pytest.mark.parametrize(
    "text",
    [
        "# Tool\n\nSee https://code.example/tool and docs.example. Version 1.2.3.4.\n\n- https://a.example\n- b.example\n",
        f"# Tool\n\nFixed in commit {'a' * 40}.\n",
        "Use `a[0].value` and C:\\\\tmp.\n",
    ],
)
def test_a_text_in_which_nothing_is_published_is_none(text):
    assert told(text, "README.md") is None


@given(st.text(alphabet="`|#-=[]()<>. ahx:/\n*", max_size=200))
def test_any_text_is_read_without_another_exception(text):
    list(report.read(io.BytesIO(text.encode()), "x.md"))


def test_tables_of_asciidoc_and_what_the_heading_says_a_digest_is_of():
    text = (
        "= Spies -- Indicators of Compromise\n\n- https://lab.example/r/\n\n== Samples\n\n|====\n"
        "| SHA-1 | Filename | Detection | Description\n"
        f"| `{'AB' * 20}` | `evil.js` | JS/Evil.A | from lab.example\n|====\n\n=== Certificate\n\nSHA-256: `{SHA256}`\n"
    )
    assert claims(text, "README.adoc") == [("hash", f"{'AB' * 20}"), ("file_name", "evil.js"), ("certificate", SHA256)]
    assert context(text, "README.adoc") == ["evil.js"]
    assert left_out(text, "README.adoc")["a link to a report, not an indicator"] == 1

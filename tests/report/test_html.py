import base64
import hashlib
import re
import stat
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from perito.report.html import LIMIT, policy, render_html, write
from perito.report.model import ReportInput
from tests.report.hostile import hostile_run, payloads
from tests.report.invented import activity, coverage, finding, many, problems, run, weak

CANARY = "http://127.0.0.1:9"
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "div", "span", "b", "p", "h1", "h2", "h3", "a", "nav", "ul",
    "ol", "li", "section", "main", "footer", "article", "header", "dl", "dt", "dd", "blockquote", "bdi", "i",
    "small", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "figure", "figcaption",
    "br", "svg", "g", "path", "text",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "translate", "charset", "http-equiv", "content", "name", "class", "id", "aria-labelledby", "aria-label",
    "aria-hidden", "href", "role", "tabindex", "scope", "colspan", "open", "dir", "data-l", "viewbox",
    "preserveaspectratio", "focusable", "d", "x", "y",
}  # fmt: skip


class Reader(HTMLParser):
    """Collects the tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


RUNS = {
    "none": run([], "no trace in what was examined"),
    "one": run([finding(0, "confirmed")], "traces of infection", activity=[]),
    "fifty": run(many(50), "probable traces"),
    "three thousand": run(many(3000), "targeted", coverage=coverage(400), problems=problems(100_000)),
    "hostile": hostile_run(CANARY),
    "empty": ReportInput({}),
}


@pytest.fixture(scope="module", params=[(name, language) for name in RUNS for language in ("en", "es")], ids=" ".join)
def page(request: pytest.FixtureRequest) -> str:
    name, language = request.param
    return render_html(RUNS[name], language)


def test_a_report_stays_below_two_megabytes(page):
    assert len(page.encode()) < LIMIT == 2_000_000


def test_only_known_tags_and_attributes_are_written_and_all_tags_are_closed(page):
    reader = Reader(page)
    assert set(reader.tags) <= ALLOWED
    assert {name for _, name, _ in reader.attributes} <= ATTRIBUTES
    assert reader.open == []


def test_no_address_leads_out_of_the_page(page):
    reader = Reader(page)
    targets = {value for _, name, value in reader.attributes if name == "href"}
    places = {value for _, name, value in reader.attributes if name == "id"}
    assert targets <= {f"#{place}" for place in places}
    assert {"#looked", "#findings", "#method"} <= targets
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_its_one_style_and_nothing_else(page):
    style = page[page.index("<style>") + 7 : page.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    wanted = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert ("meta", "content", wanted) in Reader(page).attributes
    assert policy(style) == wanted
    assert page.count("<style") == 1


def test_no_control_bidi_or_surrogate_character_reaches_the_page(page):
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]", page
    )


def test_the_page_never_says_that_a_phone_is_in_order(page):
    assert not re.search(r"\b(clean|limpi[oa]s?|safe|segur[oa]s?)\b", Reader(page).words, re.IGNORECASE)


def test_ids_are_used_once(page):
    ids = [value for _, name, value in Reader(page).attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_headings_start_at_one_and_skip_no_level(page):
    levels = [int(tag[1]) for tag in Reader(page).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_each_picture_has_words_or_is_hidden_from_a_screen_reader(page):
    pictures = re.findall(r"<svg[^>]*>", page)
    assert all('aria-label="' in one or 'aria-hidden="true"' in one for one in pictures)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (write(tmp_path / name, RUNS["fifty"], "es").read_bytes() for name in ("a", "b"))
    assert first == second


def test_the_file_is_for_its_owner_only_and_names_the_hash_of_its_companions(tmp_path: Path):
    (tmp_path / "problems.json").write_bytes(b"[]\n")
    path = write(tmp_path, run([]), "en")
    assert path == tmp_path / "report.html"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert hashlib.sha256(b"[]\n").hexdigest() in path.read_text("utf-8")


def test_a_payload_is_shown_as_the_text_that_it_is():
    words = Reader(render_html(RUNS["hostile"], "en")).words
    assert "<script>document.title='owned'" in words
    assert "{{ 7 * 7 }}{% for x in y %}" in words
    assert "{value.__class__}" in words
    assert "&lt;b&gt;&#x202e;" in words
    assert "\\u202e exe.gpj" in words
    assert "\\ud800\\udfff" in words
    assert "49" not in words.split()


def test_a_long_value_is_cut_and_the_rest_counted():
    words = Reader(render_html(run([finding(0, "strong", "x" * 1_000_000)]), "en")).words
    assert "x" * 300 + " … +999,700" in words
    assert "x" * 301 not in words
    assert "The link " + "x" * 160 + "… leads to noticias-hoy[.]example" in words


def test_a_card_names_grade_place_time_value_source_and_what_it_does_not_show():
    words = Reader(render_html(run([finding(3), weak(9, 3)]), "en")).words
    for told in (
        "strong 2016-06-05 05:30:00 UTC Record 1 points clearly to an attack; a second record should support it",
        "hxxps://red190[.]example/4815165s/",
        "Place HomeDomain/Library/SMS/sms.db , message 1003 (Messages (SMS and iMessage))",
        "The link hxxps://red190[.]example/4815165s/ leads to red190[.]example, which Example Lab, Report on Messages, 2017-06-19",
        "What this does not show: Whether the link was opened, and whether an exploit ran.",
        "Indicator red190[.]example (domain) Published as Invented Campaign · Example Lab, Report on Messages, 2017-06-19",
        "Rule indicator.domain version 1 Finding 00000000000000000000000000000003",
        "Research Example Lab: Report on Messages, https://lab.example/report",
        "weak The path of the link has the shape of the exploit links of 2015 to 2017",
        "What this does not show: Who sent it. Other sites may use paths of this shape.",
    ):
        assert told in words
    assert words.count("Record 1") == 1


def test_two_indicators_in_one_record_are_told_once_with_both_sources():
    other = finding(3) | {
        "id": "x",
        "indicator": {"kind": "url", "value": "https://red190.example/4815165s/", "source": "Lab Two", "campaign": "C"},
    }
    other["says_template"] = finding(3)["says_template"].replace("leads to {indicator.value}", "is one")
    words = Reader(render_html(run([finding(3), other]), "en")).words
    assert words.count("What this does not show:") == 1
    assert "Indicator red190[.]example (domain)" in words
    assert "Indicator hxxps://red190[.]example/4815165s/ (web address) Published as C · Lab Two" in words


def test_coverage_stands_beside_the_verdict_and_counts_artifacts_not_files():
    rows = [
        {"artifact": "a", "file": "one", "status": "parsed"},
        {"artifact": "a", "file": "two", "status": "parsed"},
        {"artifact": "b", "file": "three", "status": "damaged", "reason": "cut short"},
        {"artifact": "c", "file": None, "status": "absent"},
    ]
    words = Reader(render_html(run([], "no trace in what was examined", coverage=rows), "en")).words
    assert "No trace was found in what was examined." in words
    assert "Looked at 1 of 3 artifacts 1 read 1 absent 1 damaged" in words
    assert "1 of 3 artifacts was looked at; 1 absent, 1 damaged." in words
    assert "Not looked at, or only in part: b (damaged)" in words
    assert "three cut short damaged" in words


def test_what_was_read_in_part_is_told_as_a_share_of_what_was_looked_at():
    rows = [{"artifact": name, "file": name, "status": "parsed"} for name in "ab"]
    rows += [{"artifact": "c", "file": "c", "status": "partial"}, {"artifact": "d", "file": None, "status": "absent"}]
    for language, sentence in (
        ("en", "3 of 4 artifacts were looked at, 1 of them only in part; 1 absent."),
        ("es", "Se examinaron 3 de 4 artefactos, 1 de ellos solo en parte; 1 ausente."),
    ):
        assert sentence in Reader(render_html(run([], coverage=rows), language)).words


def test_files_of_no_known_kind_are_counted():
    told = run([])
    told.verdict["coverage"]["unknown_files"] = 1234
    assert "1,234 further files of the acquisition are of no kind known to this version" in render_html(told, "en")


def test_spanish_is_whole_and_counts_agree():
    words = Reader(render_html(run(many(50), "traces of infection"), "es")).words
    for told in (
        "Se encontraron rastros de infección.",
        "30 leídos",
        "8 confirmados",
        "7 de contexto",
        "Conserve el teléfono tal como está.",
    ):
        assert told in words
    for english in ("Findings", "Looked at", "Record ", "What ", "confirmed", "damaged"):
        assert english not in words.replace("Report on Messages", "")


def test_what_is_left_out_is_counted_with_the_file_that_holds_it():
    words = Reader(render_html(RUNS["three thousand"], "en")).words
    assert len(re.findall(r"Record \d+", words)) == 40
    assert "1,916 further records" in words
    assert "And 1,766 more in findings.json" in words
    assert "And 292 more in findings.json" in words
    assert "100,000 places were seen but not understood." in words


def test_the_selection_holds_every_indicator_even_a_late_rare_one():
    rare = finding(9_999, "strong") | {"time": "2025-01-01T00:00:00Z", "rule": "rare", "value": "https://rare.example/"}
    page = render_html(run([finding(number) for number in range(2000)] + [rare]), "en")
    assert "hxxps://rare[.]example/" in page


def test_the_records_on_which_the_verdict_rests_are_marked():
    told = run([finding(0), finding(1)])
    told.verdict["reasons"].append(finding(1)["id"])
    words = Reader(render_html(told, "en")).words
    assert words.count("the verdict rests on it") == 1
    assert "the verdict rests on it · Record 2" in words


def test_several_findings_on_a_record_are_counted_as_one_record():
    same = [finding(0, "confirmed"), finding(0, "confirmed") | {"rule": "indicator.url"}, finding(1, "confirmed")]
    words = Reader(render_html(run(same), "en")).words
    assert "3 confirmed" in words
    assert "In 2 records of the evidence; several findings may rest on one." in words
    assert "of the evidence; several findings" not in Reader(render_html(run([]), "en")).words


def test_a_grade_or_state_without_a_word_is_still_counted_and_cut_short():
    strange = run([finding(0, "x" * 999)], coverage=[{"artifact": "a", "status": "y" * 999}])
    words = Reader(render_html(strange, "en")).words
    assert "Findings 1 ?" in words
    assert "1 " + "y" * 20 + " … +4" in words
    assert "x" * 21 not in words
    assert "y" * 25 not in words


def test_without_a_time_there_is_no_picture_but_a_sentence():
    words = Reader(render_html(run([finding(0) | {"time": None}], activity=[]), "en")).words
    assert "Nothing that was read carries a time." in words
    assert "strong without a time Record 1" in words


def test_a_sentence_without_template_is_shown_as_it_is():
    plain = {key: value for key, value in finding(0).items() if not key.endswith("_template")}
    assert "which Example Lab published." in render_html(run([plain]), "es")


def test_every_payload_leaves_the_rest_of_the_page_standing():
    assert len(payloads(CANARY)) == 21
    page = render_html(run([], activity=activity(3)), "en")
    hostile = render_html(RUNS["hostile"], "en")
    ids = [re.findall(r' id="([a-z]+(?:-title)?)"', one) for one in (page, hostile)]
    assert ids[0] == ids[1]


def test_where_no_list_names_a_campaign_or_report_that_stands_beside_the_verdict():
    told = run([finding(0), finding(1)])
    told.verdict["reasons"] = [finding(1)["id"]]
    assert "only those who made the lists can say" not in render_html(told, "en")
    told.findings[1]["indicator"]["campaign"] = ""
    assert "only those who made the lists can say" in render_html(told, "en")
    assert "solo lo puede decir quien hizo las listas" in render_html(told, "es")

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from perito.findings.wording import translator
from perito.report.marks import clusters, draw_marks, marks, place_labels
from perito.report.picture import NARROW, WIDE, beyond, by_year, counted, draw
from perito.report.scale import Scale, days, period, ticks
from tests.report.invented import activity, finding, many

EN, ES = translator("en"), translator("es")


def day(text: str) -> float:
    found = days(text)
    assert found is not None
    return found


def labels(svg: str) -> list[str]:
    return re.findall(r'<text class="label"[^>]*>([^<]*)</text>', svg)


def test_a_time_is_read_as_day_and_fraction():
    assert day("2016-07-04T12:00:00Z") - day("2016-07-04") == 0.5
    assert day("2016-08") - day("2016-07-01") == 31


def test_what_is_no_time_of_a_telephone_is_none():
    for text in (
        "",
        "None",
        None,
        "2016-13-01",
        "2016-02-30",
        "0001-01-01T00:00:00Z",
        "9999-12-31",
        "1970-01-01",
        "07/04/2016",
        5,
    ):
        assert days(text) is None


def test_the_period_holds_every_mark_but_not_a_few_records_far_away():
    counts = [(day(f"2016-{month:02}-01"), 5_000) for month in range(1, 13)] + [(day("2001-01-01"), 3)]
    first, last = period(counts, []) or (0, 0)
    assert day("2015-11-01") < first < day("2016-01-01")
    assert day("2016-12-01") < last < day("2017-02-01")
    first, _ = period(counts, [day("2010-01-01")]) or (0, 0)
    assert first < day("2010-01-01")


def test_records_spread_over_many_years_are_all_shown():
    counts = [(day(f"{year}-06-01"), 10) for year in range(2008, 2024)]
    first, last = period(counts, []) or (0, 0)
    assert first < day("2008-06-01")
    assert last > day("2023-06-01")


def test_one_moment_gets_a_period_of_two_days():
    first, last = period([], [day("2016-07-04T12:00:00Z")]) or (0, 0)
    assert last - first == 2


def test_nothing_has_no_period_and_no_drawing():
    assert period([], []) is None
    assert draw({}, [], EN, WIDE) == ""


def test_ticks_name_years_months_or_days_in_the_language_of_the_reader():
    def told(first, last, words):
        return [label for _, label, _ in ticks(Scale(day(first), day(last), 0, 800), 8, words)]

    assert told("2010-06-01", "2018-02-01", EN) == [str(year) for year in range(2011, 2019)]
    assert told("2015-06-01", "2017-02-01", EN) == ["Jul 2015", "Oct", "2016", "Apr", "Jul", "Oct", "2017"]
    assert told("2016-03-10", "2016-07-20", ES) == ["abr 2016", "may", "jun", "jul"]
    assert told("2016-12-30", "2017-01-03", EN) == ["30 Dec 2016", "31 Dec", "1 Jan", "2 Jan", "3 Jan"]


@given(st.floats(726_500, 766_000), st.floats(1, 39_000), st.integers(2, 14))
def test_ticks_lie_in_the_period_and_are_not_too_many(first, length, most):
    scale = Scale(first, first + length, 0, 800)
    found = ticks(scale, most, EN)
    assert len(found) <= most
    assert all(scale.holds(place) for place, _, _ in found)


def test_one_finding_is_one_labelled_mark():
    svg = draw({}, marks([finding(0)], EN), EN, WIDE)
    assert labels(svg) == ["2016-06-01  noticias-hoy[.]example"]
    assert svg.count('class="mark"') == 1


def test_marks_that_would_overlap_are_drawn_as_one_with_the_strongest_on_top():
    found = marks([finding(0, "weak"), finding(0, "confirmed"), finding(0, "context")], EN)
    svg = draw({}, found, EN, WIDE)
    assert svg.count('class="mark"') == 1
    assert '<g class="g0">' in svg
    assert labels(svg) == ["2016-06-01  noticias-hoy[.]example +2"]


def test_thousands_of_findings_stay_a_small_drawing_without_touching_labels():
    found = marks(many(3000), EN)
    scale = Scale(found[0].day - 1, found[-1].day + 1, 96, 840)
    drawn = clusters(found, scale)
    rows = place_labels(drawn, 1000, 4)
    assert sum(len(cluster.members) for cluster in drawn) == len(found) == 3000
    assert len(drawn) <= 840 / 12 + 1
    for row in range(rows):
        ends = sorted((one.left, one.left + 6.5 * len(one.label)) for one in drawn if one.row == row)
        assert all(before[1] < after[0] for before, after in pairwise(ends))
        assert all(start >= 0 and end <= 1000 for start, end in ends)
    assert len(draw_marks(drawn, rows, 300).encode()) < 40_000


def test_lanes_are_named_in_order_and_carry_their_totals():
    svg = draw(counted(activity(30)), [], ES, NARROW)
    assert re.findall(r'class="name"[^>]*>([^<]*)<', svg) == ["Mensajes", "Llamadas", "Web", "Archivos", "Sistema"]
    total = sum(count for _, lane, count in activity(30) if lane == "web")
    assert f">{total:,}</text>" in svg


def test_bars_stay_inside_the_drawing():
    for layout in (WIDE, NARROW):
        svg = draw(counted(activity()), marks(many(20), EN), EN, layout)
        places = [float(x) for x in re.findall(r"M(-?[\d.]+) ", svg)]
        assert min(places) >= 0
        assert max(places) <= layout.width


def test_an_unknown_lane_counts_as_system_and_an_unreadable_time_as_nothing():
    lanes = counted([("2016-07-04", "<b>", 3), ("soon", "web", 5), ("2016-07-04", "web", 0)])
    assert lanes == {"system": [(day("2016-07-04"), 3)]}


def test_the_table_gives_the_same_numbers_by_year():
    lanes = counted([("2016-07-04", "web", 3), ("2016-12-31T23:59:59Z", "web", 4), ("2017-01-01", "calls", 5)])
    assert by_year(lanes, marks([finding(0)], EN)) == [(2016, {"web": 7, "findings": 1}), (2017, {"calls": 5})]


def test_records_outside_the_period_are_counted():
    lanes = counted([("2016-07-04", "web", 9_999), ("2016-09-04", "web", 9_999), ("2001-01-01", "web", 2)])
    assert beyond(lanes, []) == 2


def test_text_of_the_evidence_cannot_leave_its_label():
    bad = finding(0) | {"indicator": {"value": '</text><script>"\u202e'}, "time": '2016-07"<b'}
    svg = draw({}, marks([bad], EN), EN, WIDE)
    assert "<script" not in svg
    assert "<b" not in svg.replace("<bdi", "")
    assert "\u202e" not in svg
    assert "&lt;/text&gt;&lt;script&gt;&#34;\\u202e" in svg


def test_a_finding_without_indicator_is_called_by_what_it_was_found_in():
    heuristic = {**finding(0), "indicator": None, "artifact": "ios.data_usage_process", "rule": "heuristic.gap"}
    assert [mark.text for mark in marks([heuristic], EN)] == ["Network use: programs"]
    assert [mark.text for mark in marks([heuristic], ES)] == ["Uso de la red: programas"]
    assert [mark.text for mark in marks([{**heuristic, "artifact": "new.kind"}], EN)] == ["heuristic.gap"]

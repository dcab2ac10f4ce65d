import re

import pytest

from perito.findings.wording.texts import CONFIRMED, SHORTLY
from perito.report.html import render_html
from perito.report.said import moment, party, weight, words_around
from tests.report.invented import finding, run
from tests.report.test_html import Reader

TEXT = "Aviso:\n  mira http://a.example/1234567s/ y\tdime si sale en www.b.example"
VALUE = "http://a.example/1234567s/"


def message(**more):
    recorded = {"party": "+525555500100", "direction": "received", "text": TEXT, "time_text": None}
    told = {key: more.pop(key) for key in tuple(more) if key in recorded}
    return finding(0, "confirmed", VALUE) | {"trace": "message", "written": None, "recorded": recorded | told} | more


def words(*findings, language="en"):
    return Reader(render_html(run(list(findings)), language)).words


def test_the_words_around_a_value_are_on_one_line_and_hold_no_link():
    assert words_around(message()) == ("Aviso: mira ", " y dime si sale en www[.]b[.]example")
    assert words_around(message(text="otra cosa")) == ("", " … otra cosa")
    assert words_around(message(text=VALUE)) == ("", "")
    assert words_around(finding(0)) == ("", "")


@pytest.mark.parametrize(
    ("artifact", "direction", "expected"),
    [
        ("ios.message", "received", ("From", "+525555500100", "received")),
        ("ios.whatsapp_message", "sent", ("To", "+525555500100", "sent")),
        ("messages.sms", None, ("Other party", "+525555500100", "whether it was received or sent is not recorded")),
        ("messages.whatsapp", None, ("Written by", "+525555500100", "whether it was received or sent is not recorded")),
        ("messages.telegram", "sent", ("Written by", "+525555500100", "sent")),
    ],
)
def test_what_the_account_of_a_record_is_to_its_message(artifact, direction, expected):
    assert party(message(artifact=artifact, direction=direction)) == expected


def test_of_what_is_no_message_or_was_not_looked_up_nothing_is_said():
    assert party(message(trace="network")) == ("", "", "")
    assert party(message(recorded=None)) == ("", "", "")
    assert party(message(party=None, direction=None)) == ("", "", "")


def test_a_time_in_utc_goes_before_one_as_written():
    local = {"time": "2017-03-12T14:06:00", "zone": None, "doubt": None}
    assert moment({"time": "2017-03-12T20:06:00Z", "written": local}) == "2017-03-12T20:06:00Z"
    assert moment({"time": None, "written": local}) == "2017-03-12T14:06:00"
    assert moment({"time": None, "written": None}) is None


def test_confirmed_is_told_by_what_was_confirmed():
    assert "not confirmed" in weight(message())
    assert weight(message(trace="process")) == CONFIRMED[""]
    assert weight(message(grade="weak")) == SHORTLY["weak"]
    assert weight(message(grade="confirmed", trace=None)) == SHORTLY["confirmed"]
    assert weight({"grade": "invented"}) == ""


def test_a_card_tells_sender_direction_words_and_what_is_confirmed():
    shown = words(message())
    assert "Aviso: mira hxxp://a[.]example/1234567s/ y dime si sale en www[.]b[.]example" in shown
    assert "From +525555500100 (received)" in shown
    assert "That the phone was infected is not confirmed by it." in shown
    spanish = words(message(), language="es")
    assert "De +525555500100 (recibido)" in spanish
    assert "Con ello no se confirma que el teléfono haya sido infectado." in spanish


def test_a_time_without_a_zone_says_so_and_one_with_a_named_zone_says_who_named_it():
    local = {"time": "2017-03-12T14:06:00", "zone": None, "doubt": None}
    shown = words(message(time=None, written=local, time_text="12/03/17, 14:06"))
    assert "confirmed 2017-03-12 14:06, as written; zone not known" in shown
    assert "As written 12/03/17, 14:06" in shown
    assert "1 finding stands on the day that is written in the evidence" in shown
    named = local | {"zone": "America/Mexico_City", "doubt": "twice"}
    shown = words(message(time="2017-03-12T20:06:00Z", written=named))
    assert "confirmed 2017-03-12 20:06:00 UTC" in shown
    assert "2017-03-12 14:06, in the zone America/Mexico_City, as whoever ran this examination says" in shown
    assert "showed this time twice: the earlier moment is taken" in shown


def test_no_address_of_the_evidence_can_be_taken_for_a_link():
    page = render_html(run([message(references=[], fields={})]), "en")
    assert not re.search(r"https?://(?!lab\.example)", page)


def test_a_device_is_described_in_words():
    told = {"product_type": "iPhone8,1", "iccid": "8952", "odd_key": "x"}
    shown = Reader(render_html(run([], device=told), "es")).words
    assert "Modelo iPhone8,1 Número de la tarjeta SIM (ICCID) 8952 odd_key x" in shown


def test_the_head_of_the_page_says_which_device_it_is_about():
    told = {"name": "iPhone <b>de Inés", "product_type": "iPhone8,1", "os_version": "10.2"}
    page = render_html(run([], device=told | {"last_backup": "2016-12-19T08:00:00Z"}), "en")
    assert "iPhone backup · iPhone <b>de Inés · iPhone8,1 · 10.2 · Last backup 2016-12-19" in Reader(page).words
    assert "<b>de Inés" not in page
    alone = Reader(render_html(run([], device={}), "en")).words
    assert "iPhone backup" in alone
    assert "Last backup" not in alone


def test_reasons_are_told_in_spanish():
    rows = [{"artifact": "ios.call", "file": "a", "status": "damaged", "reason": "empty: no property list"}]
    problem = {"artifact": "ios.call", "file": "a", "ref": "1", "reason": "text: not text", "raw": "x"}
    shown = Reader(render_html(run([], coverage=rows, problems=[problem]), "es")).words
    assert "vacío: no hay lista de propiedades" in shown
    assert "text: no es texto" in shown

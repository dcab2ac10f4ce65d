"""Our own conditions: what each sees, and what it must not report."""

from pathlib import Path

import pytest

from perito.detect.heuristic import Trait, heuristics
from perito.detect.heuristics.apple_threat_notification import is_notice
from tests.detect.cases import Row, database, moment, row


def look(name: str, folder: Path, **tables: list[Row]) -> list[Trait]:
    with database(folder, **tables) as opened:
        return list(heuristics()[name].look(opened))


@pytest.mark.parametrize("one", heuristics().values(), ids=lambda one: one.id)
def test_every_heuristic_has_its_four_sentences(one: object) -> None:
    for name in ("sees", "rests_on", "wrong_when", "strength", "says", "does_not_show"):
        assert len(getattr(one, name)) > 20, name


@pytest.mark.parametrize("one", heuristics().values(), ids=lambda one: one.id)
def test_every_heuristic_fits_the_columns_of_its_tables(one: object, tmp_path: Path) -> None:
    names = [name for name in (*one.tables, *one.any_of) if name != "observables"] or ["ios.message"]
    assert look(one.id, tmp_path, **{name.replace(".", "__", 1): [] for name in names}) == []


def visit(key: int, url: str, second: float, target: int | None = None, source: int | None = None) -> Row:
    return row(
        "ios.safari_visit",
        f"history_visits {key}",
        visited=moment(second=second),
        url=url,
        redirect_destination=target,
        redirect_source=source,
    )


class TestHttpRedirect:
    def test_sees_a_fast_redirect_to_another_site(self, tmp_path: Path) -> None:
        rows = [visit(1, "http://news.example/a", 0, target=2), visit(2, "https://x.other.test/", 0.25, source=1)]
        (one,) = look("http_redirect", tmp_path, ios__safari_visit=rows)
        assert one.value == "http://news.example/a → https://x.other.test/"
        assert one.place.ref == "history_visits 1"
        assert one.also[0].ref == "history_visits 2"
        assert dict(one.facts)["seconds"] == "0.250"

    def test_not_within_one_site_nor_from_https_nor_slowly(self, tmp_path: Path) -> None:
        rows = [
            visit(1, "http://news.example/a", 0, target=2),
            visit(2, "https://www.news.example/", 0.2, source=1),
            visit(3, "https://news.example/a", 0, target=4),
            visit(4, "https://other.test/", 0.2, source=3),
            visit(5, "http://news.example/a", 0, target=6),
            visit(6, "https://other.test/", 1.0, source=5),
            visit(7, "http://news.example/a", 0, target=99),
        ]
        assert look("http_redirect", tmp_path, ios__safari_visit=rows) == []


class TestAppleThreatNotification:
    @pytest.mark.parametrize(
        "text",
        [
            "ALERT: State-sponsored attackers may be targeting your iPhone",
            "ALERT: Apple detected a targeted mercenary spyware attack against your iPhone",
            "ALERTA: Apple detectó un ataque dirigido de software espía mercenario contra su iPhone",
            "ALERTA: Atacantes patrocinados por el Estado pueden estar atacando su iPhone",
            "ALERTE : Apple a détecté un logiciel espion mercenaire visant votre iPhone",
        ],
    )
    def test_sees_a_notice_in_several_languages(self, text: str, tmp_path: Path) -> None:
        rows = [row("ios.message", "message 3", sent=moment(), account="alert@mail.example", outgoing=0, text=text)]
        (one,) = look("apple_threat_notification", tmp_path, ios__message=rows)
        assert one.place.ref == "message 3"

    def test_sees_anything_from_apples_address(self, tmp_path: Path) -> None:
        account = "threat-notifications@email.apple.com"
        rows = [row("ios.message", "message 1", sent=moment(), account=account, outgoing=0, text="…")]
        assert len(look("apple_threat_notification", tmp_path, ios__message=rows)) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "Did you read that Apple warned some iPhone owners of mercenary spyware last week?",
            "Compra tu iPhone en Apple hoy",
            "¿Y si nos espían? Dicen que hay spyware mercenario",
        ],
    )
    def test_not_talk_about_it(self, text: str) -> None:
        assert not is_notice(text)

    def test_sees_a_notice_that_its_owner_copied_by_hand(self, tmp_path: Path) -> None:
        text = "ALERTA: Apple detectó un ataque dirigido de software espía mercenario contra su iPhone"
        rows = [row("messages.copied", "line 2", sent=moment(), account="Apple", text=text)]
        (one,) = look("apple_threat_notification", tmp_path, messages__copied=rows)
        assert one.place.ref == "line 2"

    def test_what_the_owner_sent_is_no_notice_received(self, tmp_path: Path) -> None:
        text = "ALERT: State-sponsored attackers may be targeting your iPhone"
        rows = [
            row("ios.message", "message 1", outgoing=1, text=text),
            row("ios.message", "message 2", outgoing=1, account="threat-notifications@apple.com", text="gracias"),
        ]
        (one,) = look("apple_threat_notification", tmp_path, ios__message=rows)
        assert (one.place.ref, one.grade) == ("message 1", "context")


class TestLinks:
    def test_a_short_link_is_context_once_a_message(self, tmp_path: Path) -> None:
        rows = [row("ios.message", "message 1", sent=moment(), text="https://bit.ly/1aB y https://bit.ly/2")]
        (one,) = look("short_link", tmp_path, ios__message=rows)
        assert one.value == "https://bit.ly/1aB"

    def test_not_the_shortener_itself_nor_other_links(self, tmp_path: Path) -> None:
        rows = [row("ios.message", "message 1", text="https://bit.ly/ y https://news.example/abc")]
        assert look("short_link", tmp_path, ios__message=rows) == []

    def test_the_shape_of_the_exploit_links_of_the_era(self, tmp_path: Path) -> None:
        rows = [row("ios.message", "message 1", sent=moment(), text="https://sms.example/1234567s/")]
        (one,) = look("exploit_link_shape", tmp_path, ios__message=rows)
        assert one.value == "https://sms.example/1234567s/"

    @pytest.mark.parametrize(
        "text",
        [
            "https://sms.example/123456s/",
            "https://sms.example/12345678s",
            "https://sms.example/1234567",
            "https://sms.example/a/1234567s",
            "https://sms.example/1234567s?x=1",
            "https://bit.ly/1234567s",
        ],
    )
    def test_not_other_shapes(self, text: str, tmp_path: Path) -> None:
        rows = [row("ios.message", "message 1", sent=moment(), text=text)]
        assert look("exploit_link_shape", tmp_path, ios__message=rows) == []

    def test_not_outside_its_era(self, tmp_path: Path) -> None:
        late = moment().replace(year=2023)
        rows = [row("ios.message", "message 1", sent=late, text="https://sms.example/1234567s")]
        assert look("exploit_link_shape", tmp_path, ios__message=rows) == []


class TestDataUsage:
    def test_counts_without_a_process_and_gaps_in_the_keys(self, tmp_path: Path) -> None:
        known = [row("ios.data_usage_process", f"ZPROCESS {n}", number=n, process=f"p{n}") for n in (1, 2, 6)]
        counts = [
            row("ios.data_usage", "ZLIVEUSAGE 1", number=1, process_number=1, process="p1", mobile_out=5.0),
            row(
                "ios.data_usage",
                "ZLIVEUSAGE 2",
                number=2,
                process_number=4,
                counted=moment(),
                wifi_in=1.0,
                wifi_out=2.0,
                mobile_in=3.0,
                mobile_out=4.0,
            ),
            row("ios.data_usage", "ZLIVEUSAGE 3", number=3),
        ]
        tables = {"ios__data_usage_process": known, "ios__data_usage": counts}
        (one,) = look("data_usage_without_process", tmp_path, **tables)
        assert (one.place.ref, one.value, dict(one.facts)["bytes"]) == ("ZLIVEUSAGE 2", "ZPROCESS 4", "10")
        (gap,) = look("data_usage_gap", tmp_path, **tables)
        assert (gap.place.ref, gap.value, dict(gap.facts)["count"]) == ("ZPROCESS 6", "ZPROCESS 3-5", "3")

    def test_a_whole_sequence_has_no_gap(self, tmp_path: Path) -> None:
        known = [row("ios.data_usage_process", f"ZPROCESS {n}", number=n, process=f"p{n}") for n in (1, 2, 3)]
        assert look("data_usage_gap", tmp_path, ios__data_usage_process=known) == []


class TestAttachmentInTmp:
    def test_received_under_var_tmp(self, tmp_path: Path) -> None:
        rows = [
            row(
                "ios.attachment",
                "attachment 1",
                sent=moment(),
                outgoing=0,
                path="/var/tmp/com.apple.messages/x/a.gif-1",
            ),
            row("ios.attachment", "attachment 2", outgoing=1, path="/var/tmp/a.gif-1"),
            row("ios.attachment", "attachment 3", outgoing=0, path="~/Library/SMS/Attachments/aa/a.gif-1"),
            row("ios.attachment", "attachment 4", outgoing=0, path="/var/tmp/a.gif"),
            row("ios.attachment", "attachment 5", outgoing=0, path="/private/var/tmpfoo/a-1"),
        ]
        assert [one.place.ref for one in look("attachment_in_tmp", tmp_path, ios__attachment=rows)] == ["attachment 1"]


class TestMeetingNotes:
    def test_exact_words_and_stronger_when_backdated(self, tmp_path: Path) -> None:
        rows = [
            row(
                "ios.calendar_item",
                "CalendarItem 1",
                summary="Meeting",
                description="Notes",
                ends=moment(1),
                created=moment(9),
            ),
            row(
                "ios.calendar_item",
                "CalendarItem 2",
                summary="Meeting",
                description="Notes",
                ends=moment(9),
                created=moment(1),
            ),
            row("ios.calendar_item", "CalendarItem 3", summary="Meeting", description="Notes for Ana"),
            row("ios.calendar_item", "CalendarItem 4", summary="meeting", description="notes"),
        ]
        traits = look("meeting_notes", tmp_path, ios__calendar_item=rows)
        assert [(one.place.ref, one.grade) for one in traits] == [
            ("CalendarItem 1", "strong"),
            ("CalendarItem 2", "weak"),
        ]


class TestSettings:
    def test_profiles_that_set_notifications(self, tmp_path: Path) -> None:
        rows = [
            row("ios.profile", "key A", title="Aviso", payload_type="com.apple.notificationsettings"),
            row("ios.profile", "key B", title="VPN", payload_type="com.apple.vpn.managed"),
        ]
        assert [one.value for one in look("notification_profile", tmp_path, ios__profile=rows)] == ["Aviso"]

    def test_apps_from_elsewhere_but_not_from_apple_or_unknown(self, tmp_path: Path) -> None:
        rows = [
            row("ios.installed_app", "key 1", bundle="com.evil.example", source="com.other.installer"),
            row("ios.installed_app", "key 2", bundle="com.good.example", source="com.apple.AppStore"),
            row("ios.installed_app", "key 3", bundle="com.plain.example"),
        ]
        assert [one.value for one in look("sideloaded_app", tmp_path, ios__installed_app=rows)] == ["com.evil.example"]

    def test_null_bytes_in_an_account(self, tmp_path: Path) -> None:
        rows = [
            row("ios.id_status", "key 1", account="mailto:a\0\0b@mail.example"),
            row("ios.id_status", "key 2", account="mailto:ab@mail.example"),
        ]
        assert [one.place.ref for one in look("null_in_handle", tmp_path, ios__id_status=rows)] == ["key 1"]

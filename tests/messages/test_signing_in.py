"""The mail that signs somebody in; of an address that nobody has, the same words in the same queue, and no mail."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.access import sessions
from chalicelib.access.links import actions as links
from chalicelib.aws import queues
from chalicelib.aws.settings import Settings
from chalicelib.entrypoints.queues import send_chunk
from chalicelib.languages.catalogues import CONSOLE, SOURCE, Language, catalogue, languages
from chalicelib.messages import signing_in, staff
from tests.access.staffed import somebody
from tests.conftest import PUBLIC_URL
from tests.crashes import crash_at, points_of, watching
from tests.fakes import Context, received
from tests.mail_fakes import FakeSes

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = "192.0.2.1"
KNOWN, UNKNOWN = "anna@hotel.example", "evee@hotel.example"


@pytest.fixture(autouse=True)
def ses(aws: Settings) -> FakeSes:
    somebody("anna")
    queues.url_of("send")
    return FakeSes().install()


def ask(address: str, now: datetime = NOW) -> str:
    return signing_in.ask(address, None, HERE, now)


def queued() -> list[dict[str, Any]]:
    return [json.loads(each["body"]) for each in received("send")["Records"]]


def test_who_is_known_gets_a_link_and_a_code_that_both_sign_in(ses: FakeSes) -> None:
    cookies = [ask(KNOWN) for _ in range(2)]
    for told in queued():
        staff.send_to_staff(told, NOW + timedelta(seconds=5))
    assert ses.recipients == [KNOWN, KNOWN]
    (first, second) = ses.accepted
    (token,) = re.findall(rf"^{re.escape(PUBLIC_URL)}/console/sign-in/(\S+)$", first["text"], re.MULTILINE)
    (code,) = re.findall(r"^(\d{4} \d{4})$", second["text"], re.MULTILINE)
    assert code in second["subject"]
    assert f'<a ses:no-track href="{PUBLIC_URL}/console/sign-in/{token}">' in first["html"]
    for found in (
        links.by_link(token, cookies[0], HERE, "", NOW),
        links.by_code(code, cookies[1], HERE, "", NOW),
    ):
        assert isinstance(found, str)
        assert sessions.of_cookie(found, NOW)


def test_an_address_that_nobody_has_is_answered_by_the_same_calls_and_a_message_of_the_same_shape(ses: FakeSes) -> None:
    ask(KNOWN)
    (known,) = queued()
    with watching() as of_known:
        ask(KNOWN)
    queued()
    with watching() as of_unknown:
        cookie = ask(UNKNOWN)
    (unknown,) = queued()
    assert of_known.made == of_unknown.made
    assert {name: len(value) for name, value in known.items() if isinstance(value, str)} == {
        name: len(value) for name, value in unknown.items() if isinstance(value, str)
    }
    assert known.keys() == unknown.keys()
    assert len(cookie) == len(ask(KNOWN))


@pytest.mark.parametrize("language", sorted(languages(CONSOLE)))
def test_a_link_is_mailed_in_the_language_of_the_page_on_which_it_was_asked_for(
    ses: FakeSes, language: Language
) -> None:
    cookie = signing_in.ask(KNOWN, None, HERE, NOW, language)
    (told,) = queued()
    words = catalogue(language, CONSOLE).gettext
    assert words("Sign in to the guest hub:") in told["text"]
    assert (language == SOURCE) == ("Give the code to nobody" in told["text"])
    assert f'<html lang="{language}" dir="ltr">' in told["html"]
    (code,) = re.findall(r"^(\d{4} \d{4})$", told["text"], re.MULTILINE)
    assert told["subject"].endswith(code)
    assert isinstance(links.by_code(code, cookie, HERE, "", NOW), str)


def test_mail_to_nobody_is_let_go(ses: FakeSes) -> None:
    ask(UNKNOWN, datetime.now(UTC))
    send_chunk(received("send"), Context())
    assert ses.accepted == []


def test_a_mail_that_waited_longer_than_its_link_lasts_is_let_go(ses: FakeSes) -> None:
    ask(KNOWN)
    (told,) = queued()
    staff.send_to_staff(told, NOW + timedelta(minutes=15))
    assert ses.accepted == []


def test_after_a_crash_anywhere_a_link_may_be_asked_for_again(ses: FakeSes) -> None:
    for number, point in enumerate(points_of(lambda: ask(KNOWN)), start=1):
        now = NOW + timedelta(hours=number)
        assert crash_at(point, lambda now=now: ask(KNOWN, now))  # type: ignore[misc]
        queued()
        cookie = ask(KNOWN, now)
        (told,) = queued()
        staff.send_to_staff(told, now)
        (code,) = re.findall(r"^(\d{4} \d{4})$", ses.accepted[-1]["text"], re.MULTILINE)
        assert isinstance(links.by_code(code, cookie, HERE, "", now), str)

"""How good the records are, in the browser: by source as the last audit found it, and over audits."""

from typing import Any

import pytest

from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import Instant
from chalicelib.identity import audit_store
from chalicelib.identity.audits import IdentityAudit, Proposals, SourceQuality
from tests.console.conftest import SignIn

AT = "/guests/quality"


def audited(day: int, duplicates: int, **fields: Any) -> None:
    mews = SourceQuality(
        source=ConnectionId("mews"),
        records=100,
        duplicates=duplicates,
        reachable=60,
        masked=25,
        unmailable=15,
        no_consent=20,
    )
    its = IdentityAudit(
        began_at=Instant(f"2026-01-{day:02}T02:00:00.000000Z"), guests=80, records=100, sources=(mews,), **fields
    )
    audit_store.save(its)


def test_before_any_audit_the_page_says_how_one_is_begun(sign_in: SignIn) -> None:
    page = sign_in("analyst").open(AT)
    assert "hub identity audit" in page.text


def test_each_source_is_shown_as_the_last_audit_found_it(sign_in: SignIn) -> None:
    audited(1, 30)
    audited(2, 12, proposals=Proposals(proposed=7), passed_over=3)
    page = sign_in().open(AT)
    assert {"mews", "12 (12%)", "60 (60%)", "25 (25%)", "15 (15%)", "20 (20%)", "7"} <= set(page.words)
    assert "3 groups of records were too large" in page.text
    assert "/console/guests/review" in page.links


def test_how_it_went_on_is_a_chart_of_all_audits_the_newest_last(sign_in: SignIn) -> None:
    audited(1, 30)
    assert "Duplicates by audit" not in sign_in("analyst").open(AT).text
    audited(2, 12)
    page = sign_in("analyst").open(AT)
    words = list(page.words)
    assert words.index("30%") < words.index("12%")
    assert "40%" in words  # reachable and agreed


@pytest.mark.parametrize("role", ["marketer", "front_desk"])
def test_others_are_refused_and_see_no_link(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert AT not in str(client.open("/guests").links)
    client.open(AT, 403)

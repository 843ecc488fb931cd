"""What mailbox providers say of two mails is part of what the demo proves."""

from typing import Any

import pytest

from infra.demo import mails
from infra.demo.api import Api

NOWHERE = Api("http://127.0.0.1:9")
ONE = mails.Sent("g1", "m1", "anna@example.com", "s1")


@pytest.mark.parametrize("sent", [[], [ONE]])
def test_a_demo_with_fewer_than_two_mails_does_not_agree_with_the_truth(sent: list[mails.Sent]) -> None:
    (difference,) = mails.reported_differences(NOWHERE, sent, 2)
    assert difference.startswith(f"{len(sent)} mails")


@pytest.mark.parametrize(("sent", "expected"), [([], 0), ([], 1), ([ONE], 1)])
def test_a_season_of_which_fewer_than_two_may_be_mailed_has_no_bounce_and_no_complaint(
    sent: list[mails.Sent], expected: int
) -> None:
    assert mails.reported_differences(NOWHERE, sent, expected) == []


def test_who_stayed_has_a_mailbox_and_agreed_may_be_mailed() -> None:
    def guest(stays: int, *emails: str, agreed: bool = True) -> dict[str, Any]:
        return {"stays": stays, "emails": list(emails), "marketing_consent": agreed}

    guests = (guest(1, "a@x.example"), guest(0, "b@x.example"), guest(2), guest(1, "c@x.example", agreed=False))
    assert mails.mailable({"guests": dict(enumerate(guests))}) == 1

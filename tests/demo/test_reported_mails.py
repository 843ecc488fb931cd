"""What mailbox providers say of two mails is part of what the demo proves."""

from infra.demo import mails
from infra.demo.api import Api


def test_a_demo_with_fewer_than_two_mails_does_not_agree_with_the_truth() -> None:
    one = mails.Sent("g1", "m1", "anna@example.com", "s1")
    for sent in ([], [one]):
        (difference,) = mails.reported_differences(Api("http://127.0.0.1:9"), sent)
        assert difference.startswith(f"{len(sent)} mails")

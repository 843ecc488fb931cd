"""A soak finds each way in which the hub could have failed."""

import pytest

from infra.soak import checks
from infra.soak.carrier import Accepted, Fate
from infra.soak.checks import Carried
from infra.soak.deaths import Death

CUSTOMERS = {"g1": frozenset({"c1", "c2"}), "g2": frozenset({"c3"}), "g3": frozenset({"c4"})}
TRUTH = {
    "known-1": {"customers": ["c1", "c2"], "emails": ["anna@post.example"], "marketing_consent": True},
    "known-2": {"customers": ["c3"], "emails": ["bob@post.example"], "marketing_consent": False},
    "known-3": {"customers": ["c4"], "emails": [], "marketing_consent": True},
}
DECIDED = [("g1", "sent"), ("g2", "no_consent"), ("g3", "no_address")]
MET = dict.fromkeys((str(fate) for fate in Fate), 1)


def accepted(
    guest: str = "g1", to: str = "anna@post.example", *, is_answered: bool = True, is_told: bool = True
) -> Accepted:
    return Accepted("m1", to, "run", guest, "claim", is_answered, is_told)


LOST = accepted(is_answered=False, is_told=False)
UNTOLD = accepted(is_told=False)


def death(function: str = "send_chunk", *held: str) -> Death:
    return Death(function, 7, "after", "TransactWriteItems", held)


def test_everything_in_its_place_is_no_difference() -> None:
    decided = dict(DECIDED)
    assert checks.decisions(TRUTH, DECIDED, CUSTOMERS) == []
    assert checks.mails(TRUTH, decided, [accepted()], CUSTOMERS) == []
    assert checks.unknowns(decided, Carried([accepted()], []), []) == []
    assert checks.counters({"sent": 1, "no_consent": 1, "no_address": 1}, decided) == []
    assert checks.dead_letters({"inbox": ["soak-unreadable-1"], "send": []}, ["soak-unreadable-1"], []) == []
    assert checks.killed({"tick": 3}, {"tick": 3}) == []
    assert checks.met(MET, ["ACCOUNT_SENDING_PAUSED", "a person"]) == []
    assert checks.left({"inbox": 0}) == []


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        (DECIDED[1:], "decision: c1 is None, true is sent"),
        ([*DECIDED, ("g4", "sent")], "decision: nobody is sent, true is None"),
        ([("g1", "no_consent"), *DECIDED[1:]], "decision: c1 is no_consent, true is sent"),
        ([("g1", "waiting"), *DECIDED[1:]], "decision: c1 is waiting, true is sent"),
        ([DECIDED[0], ("g2", "unknown"), DECIDED[2]], "decision: c3 is unknown, true is no_consent"),
        ([*DECIDED, ("g1", "sent")], "candidate twice: g1"),
    ],
)
def test_a_wrong_decision_is_found(decided: list[tuple[str, str]], told: str) -> None:
    assert checks.decisions(TRUTH, decided, CUSTOMERS) == [told]


def test_who_has_a_right_to_the_mail_may_be_unknown_as_far_as_decisions_go() -> None:
    assert checks.decisions(TRUTH, [("g1", "unknown"), *DECIDED[1:]], CUSTOMERS) == []


@pytest.mark.parametrize(
    ("mails", "told"),
    [
        ([accepted(), accepted()], ["mailed twice: anna@post.example: 2", "mailed twice: g1: 2"]),
        ([accepted(to="bob@post.example")], ["mailed at somebody else's address: g1"]),
        ([], ["sent, says the hub, and SES has no such mail: g1"]),
        (
            [accepted(), accepted("g2", "bob@post.example")],
            ["SES told of a mail that is not sent, says the hub: g2"],
        ),
    ],
)
def test_a_mail_too_many_astray_or_too_few_is_found(mails: list[Accepted], told: list[str]) -> None:
    assert checks.mails(TRUTH, dict(DECIDED), mails, CUSTOMERS) == told


COUPLE = {**TRUTH, "known-4": {"customers": ["c5"], "emails": ["anna@post.example"], "marketing_consent": True}}
WHO = {**CUSTOMERS, "g5": frozenset({"c5"})}


def test_of_a_mailbox_s_readers_the_first_is_mailed_and_the_others_are_held_for_that() -> None:
    assert checks.decisions(COUPLE, [*DECIDED, ("g5", "shared_mailbox")], WHO) == []
    assert checks.decisions(COUPLE, [("g1", "unknown"), *DECIDED[1:], ("g5", "shared_mailbox")], WHO) == []
    assert checks.decisions(COUPLE, [*DECIDED, ("g5", "sent")], WHO) == ["decision: c5 is sent, true is shared_mailbox"]
    assert checks.decisions(COUPLE, [("g1", "shared_mailbox"), *DECIDED[1:], ("g5", "sent")], WHO) == [
        "decision: c1 is shared_mailbox, true is sent",
        "decision: c5 is sent, true is shared_mailbox",
    ]


def test_a_mailbox_of_two_guests_gets_one_mail_of_a_run() -> None:
    decided = {**dict(DECIDED), "g5": "sent"}
    both = [accepted(), accepted("g5")]
    assert checks.mails(COUPLE, decided, both, WHO) == ["mailed twice: anna@post.example: 2"]
    assert "mailed twice: anna@post.example: 3" in checks.mails(COUPLE, decided, [*both, accepted()], WHO)[0]


@pytest.mark.parametrize(
    ("code", "carried", "deaths", "told"),
    [
        ("unknown", Carried([], []), [], ["UNKNOWN who was not: g1"]),
        ("unknown", Carried([accepted()], []), [], ["UNKNOWN who was not: g1"]),
        ("unknown", Carried([], []), [death("send_chunk", "LEAF#g2")], ["UNKNOWN who was not: g1"]),
        ("unknown", Carried([LOST], []), [], []),
        ("unknown", Carried([UNTOLD], []), [], ["UNKNOWN who was not: g1"]),
        ("unknown", Carried([UNTOLD], []), [death("send_chunk", "LEAF#g1")], []),
        ("unknown", Carried([], ["g1"]), [], []),
        ("unknown", Carried([], []), [death("send_chunk", "LEAF#g1")], []),
        ("sent", Carried([LOST], []), [], ["whose answer was lost, and who is not UNKNOWN: g1"]),
    ],
)
def test_unknown_is_only_whose_answer_was_lost_or_whose_worker_died(
    code: str, carried: Carried, deaths: list[Death], told: list[str]
) -> None:
    assert checks.unknowns({"g1": code, "g2": "no_consent"}, carried, deaths) == told


def test_the_unknown_are_told_apart_by_why_they_are() -> None:
    decided = {"g1": "unknown", "g2": "unknown", "g3": "unknown", "g4": "sent"}
    assert checks.why_unknown(decided, Carried([LOST], ["g2"])) == {"answer_lost": 2, "worker_died": 1}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"sent": 2, "no_consent": 1, "no_address": 1}, ["counter: sent: 2, the decisions say 1"]),
        ({"sent": 1, "no_consent": 1}, ["counter: no_address: 0, the decisions say 1"]),
        ({"no_consent": 1, "no_address": 1}, ["counter: sent: 0, the decisions say 1"]),
        (
            {"unknown": 1, "no_consent": 1, "no_address": 1},
            ["counter: sent: 0, the decisions say 1", "counter: unknown: 1, the decisions say 0"],
        ),
    ],
)
def test_a_counter_that_is_not_the_sum_of_the_decisions_is_found(counts: dict[str, int], told: list[str]) -> None:
    assert checks.counters(counts, dict(DECIDED)) == told


def test_what_was_unknown_and_is_settled_is_counted_as_it_is_by_now() -> None:
    settled = {"g1": "sent", "g2": "sent", "g3": "unknown"}
    assert checks.counters({"unknown": 1, "sent": 2}, settled) == []
    assert checks.counters({"unknown": 2, "sent": 1}, settled) == [
        "counter: sent: 1, the decisions say 2",
        "counter: unknown: 2, the decisions say 1",
    ]
    assert checks.counters({"sent": 1}, {"g1": "unknown"}) == [
        "counter: sent: 1, the decisions say 0",
        "counter: unknown: 0, the decisions say 1",
    ]


@pytest.mark.parametrize(
    ("bodies", "deaths", "told"),
    [
        ({"inbox": []}, [], ["unreadable, and no dead letter: soak-unreadable-1"]),
        ({"inbox": ["soak-unreadable-1", "anna"]}, [], ["dead letters that are readable: 1"]),
        (
            {"inbox": ["soak-unreadable-1", "soak-unreadable-2"]},
            [],
            ["a dead letter of nothing that was pushed: soak-unreadable-2"],
        ),
        (
            {"inbox": ["soak-unreadable-1"], "send": ["a chunk"]},
            [],
            ["dead letters of a queue that should have none: send: 1"],
        ),
        (
            {"inbox": ["soak-unreadable-1", "soak-unreadable-1"]},
            [death("send_chunk")],
            ["1 dead letters came again, and 0 workers died that may set one aside twice"],
        ),
        ({"inbox": ["soak-unreadable-1", "soak-unreadable-1"]}, [death("ingest_notices")], []),
    ],
)
def test_dead_letters_are_the_unreadable_ones(
    bodies: dict[str, list[str]], deaths: list[Death], told: list[str]
) -> None:
    assert checks.dead_letters(bodies, ["soak-unreadable-1"], deaths) == told


def test_a_worker_that_was_spared_is_found() -> None:
    assert checks.killed({"tick": 2}, {"tick": 3}) == ["killed: tick: 2 times, not 3"]


def test_what_ses_did_not_do_to_the_campaign_is_found() -> None:
    assert checks.met({**MET, "swallowed": 0}, ["a person"]) == [
        "did not come to pass: swallowed",
        "paused 1 times, not twice: a person",
    ]


def test_a_message_that_is_left_is_found() -> None:
    assert checks.left({"inbox": 0, "send": 2}) == ["messages left: send: 2"]

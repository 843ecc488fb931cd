"""What must hold at the end of a soak. Pure: each check takes plain values and returns what differs."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.demo.compare import listed
from infra.demo.mails import behind_another_reader, expected
from infra.soak.carrier import Accepted, Fate
from infra.soak.deaths import Death
from infra.soak.webhooks import MARK

Customers = Mapping[str, frozenset[str]]
"""The sources' ids of each guest of the hub: who it is, whatever id the hub gave."""
Guests = Mapping[str, Mapping[str, Any]]
MARKED = re.compile(re.escape(MARK) + r"\d+")


@dataclass(frozen=True)
class Carried:
    """What SES knows of a run: what it accepted, and the guests whose mail arrived and was lost on its side."""

    accepted: Sequence[Accepted]
    swallowed: Sequence[str]

    @property
    def lost(self) -> set[str]:
        """The guests whose mail left the hub, and of which nobody will ever hear."""
        return {each.guest for each in self.accepted if each.is_lost} | set(self.swallowed)


def decisions(truth: Guests, decided: Sequence[tuple[str, str]], customers: Customers) -> list[str]:
    """Every guest is a candidate once; who has no right to the mail has the true reason, and everybody else a mail, or
    reads the mailbox of somebody who has.

    Of these some are UNKNOWN: whether they may be, `unknowns` says.
    """
    true = {frozenset(each["customers"]): expected(each) for each in truth.values()}
    behind = behind_another_reader(truth.values(), [guest for guest, _ in decided], customers)
    true |= dict.fromkeys(behind, "shared_mailbox")
    told = {customers.get(guest, frozenset()): code for guest, code in decided}
    wrong = [
        f"{min(group, default='nobody')} is {told.get(group)}, true is {true.get(group)}"
        for group in told.keys() | true.keys()
        if told.get(group) != true.get(group) and (true.get(group), told.get(group)) != ("sent", "unknown")
    ]
    twice = [guest for guest, count in Counter(guest for guest, _ in decided).items() if count > 1]
    return listed("decision", sorted(wrong)) + listed("candidate twice", sorted(twice))


def mails(truth: Guests, decided: Mapping[str, str], accepted: Sequence[Accepted], customers: Customers) -> list[str]:
    """No guest and no mailbox was mailed twice by one run, nobody at somebody else's address, and `sent` is what SES
    accepted, no more and no less, but for mails whose answer was lost."""
    own = {frozenset(each["customers"]): each["emails"] for each in truth.values()}
    by_guest = Counter(each.guest for each in accepted)
    by_box = Counter((each.run, each.to) for each in accepted)
    twice = [f"{guest}: {count}" for guest, count in by_guest.items() if count > 1]
    twice += [f"{box}: {count}" for (_, box), count in by_box.items() if count > 1]
    astray = [each.guest for each in accepted if each.to not in own.get(customers.get(each.guest, frozenset()), ())]
    sent = {guest for guest, code in decided.items() if code == "sent"}
    told = {each.guest for each in accepted if each.is_told}
    return [
        *listed("mailed twice", sorted(twice)),
        *listed("mailed at somebody else's address", sorted(astray)),
        *listed("sent, says the hub, and SES has no such mail", sorted(sent - by_guest.keys())),
        *listed("SES told of a mail that is not sent, says the hub", sorted(told - sent)),
    ]


def unknowns(decided: Mapping[str, str], carried: Carried, deaths: Iterable[Death]) -> list[str]:
    """Who is UNKNOWN had an answer that was lost for good, or a worker that died with the claim in its hands."""
    unknown = _unknown(decided)
    lost, held = carried.lost, held_by(deaths)
    return [
        *listed("UNKNOWN who was not", sorted(unknown - lost - held)),
        *listed("whose answer was lost, and who is not UNKNOWN", sorted(lost - unknown)),
    ]


def _unknown(decided: Mapping[str, str]) -> set[str]:
    return {guest for guest, code in decided.items() if code == "unknown"}


def held_by(deaths: Iterable[Death]) -> set[str]:
    """Guests whose claim a dead worker had in its hands."""
    return {key.partition("#")[2] for death in deaths for key in death.held}


def why_unknown(decided: Mapping[str, str], carried: Carried) -> dict[str, int]:
    """How many are UNKNOWN because SES's answer is lost, and how many because their worker died."""
    unknown = _unknown(decided)
    return {"answer_lost": len(unknown & carried.lost), "worker_died": len(unknown - carried.lost)}


def counters(counts: Mapping[str, int], decided: Mapping[str, str]) -> list[str]:
    """What the run counts is what its decisions say."""
    now = Counter(decided.values())
    wrong = [
        f"{code}: {counts.get(code, 0)}, the decisions say {now[code]}"
        for code in sorted(counts.keys() | now.keys())
        if counts.get(code, 0) != now[code]
    ]
    return listed("counter", wrong)


def dead_letters(bodies: Mapping[str, Sequence[str]], unreadable: Iterable[str], deaths: Iterable[Death]) -> list[str]:
    """Each unreadable webhook is a dead letter of the inbox, and nothing else is one.

    A worker that dies between setting a message aside and deleting it does the first again.
    """
    marked = [MARKED.search(body) for body in bodies.get("inbox", ())]
    found = Counter(each.group() for each in marked if each)
    others = [f"{queue}: {len(its)}" for queue, its in bodies.items() if its and queue != "inbox"]
    wanted, again = set(unreadable), sum(found.values()) - len(found)
    died = sum(each.function in {"ingest_notices", "api_handler"} for each in deaths)
    return [
        *listed("dead letters of a queue that should have none", others),
        *listed("dead letters that are readable", [f"{marked.count(None)}"] if None in marked else []),
        *listed("unreadable, and no dead letter", sorted(wanted - found.keys())),
        *listed("a dead letter of nothing that was pushed", sorted(found.keys() - wanted)),
        *([f"{again} dead letters came again, and {died} workers died that may set one aside twice"] * (again > died)),
    ]


def killed(deaths: Mapping[str, int], wanted: Mapping[str, int]) -> list[str]:
    """A soak in which a worker was spared shows nothing of it."""
    wrong = [
        f"{worker}: {deaths.get(worker, 0)} times, not {number}"
        for worker, number in wanted.items()
        if deaths.get(worker, 0) != number
    ]
    return listed("killed", wrong)


def met(fates: Mapping[str, int], pauses: Sequence[str]) -> list[str]:
    """What SES was to do to the campaign, it did."""
    missed = [str(fate) for fate in Fate if not fates.get(fate)]
    reasons = [] if len(pauses) == 2 else [f"paused {len(pauses)} times, not twice: {', '.join(pauses)}"]
    return listed("did not come to pass", missed) + reasons


def left(waiting: Mapping[str, int]) -> list[str]:
    return listed("messages left", [f"{queue}: {count}" for queue, count in waiting.items() if count])

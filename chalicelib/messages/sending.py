"""Send one occasion's mail to a few guests: load, decide, render, claim, send, settle."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.aws import keys, mail, table
from chalicelib.aws.mail import Mail, Verdict
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.ids import CLAIM, stable_id
from chalicelib.canonical.time import instant
from chalicelib.consent import store as consents
from chalicelib.consent.model import Gate
from chalicelib.consent.rules import was_mailed
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head, Traits
from chalicelib.identity.digests import digest
from chalicelib.messages import rules, store
from chalicelib.messages.model import AGAIN, Message, Occasion, Outcome, Reason, State
from chalicelib.messages.templates import Content, Renderer, Unfit
from chalicelib.messages.tokens import Leave, make_token

TRIES = 3
"""Times a guest is decided again when the gate changed between decision and claim."""
GIVE_BACK_TRIES = 3
UNSENT = frozenset({Verdict.LATER, Verdict.STOPPED})


@dataclass(frozen=True)
class Subject:
    """A candidate as the hub knows them at this moment. `head` is the guest that the candidate belongs to now.

    `stands` is False where somebody wrote between the reads: head, gate and claims may not belong together.
    """

    candidate: str
    head: Head | None
    gate: Gate | None
    claims: tuple[Message, ...]
    stands: bool = True

    @property
    def traits(self) -> Traits:
        return (self.head and self.head.traits) or Traits()

    @property
    def others(self) -> tuple[str, ...]:
        """The guest's leaves besides the one that names the guest."""
        return tuple(leaf for leaf in self.head.members if leaf != self.head.leaf) if self.head else ()


@dataclass(frozen=True)
class Letter:
    """A mail that may be claimed: it was decided on `gate`."""

    message: Message
    gate: Gate
    others: tuple[str, ...]
    mail: Mail


@dataclass
class Batch:
    """What became of each candidate. `stopped` is SES's reason to send nothing at all; `throttled` asks for less."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stopped: str = ""
    throttled: bool = False


def send(occasion: Occasion, candidates: Sequence[str], now: datetime) -> Batch:
    """At most one mail to each candidate, after any crash: what was claimed before is never sent by this call."""
    batch = Batch()
    claimed: dict[str, Letter] = {}
    renderer = Renderer(occasion.template, occasion.deployment.postal_address)
    for _ in range(TRIES):
        waiting = [each for each in candidates if each not in batch.outcomes and each not in claimed]
        if not waiting:
            break
        try:
            subjects = [subject for subject in _load(occasion.id, waiting) if subject.stands]
        except TryAgain:
            if not claimed:
                raise
            break  # who is claimed gets the mail now, or nobody would ever send it; the others come again
        letters = []
        taken = {letter.message.guest for letter in claimed.values()}
        for subject in subjects:
            decided = _decide(occasion, subject, renderer, taken, now)
            if isinstance(decided, Outcome):
                batch.outcomes[subject.candidate] = decided
            else:
                letters.append(decided)
                taken.add(decided.message.guest)
        claimed |= {letter.message.candidate: letter for letter in _claim(letters)}
    undecided = [each for each in candidates if each not in batch.outcomes and each not in claimed]
    batch.outcomes |= dict.fromkeys(undecided, AGAIN)
    _post(occasion, list(claimed.values()), batch)
    return batch


def outcomes_so_far(run: str, origins: Mapping[str, str], now: datetime) -> dict[str, Outcome]:
    """What claims say about candidates, each with the piece of work it is in; nothing is decided or sent.

    Raises TryAgain when guests are regrouped all the time: a claim that is not found must surely not be there.
    """
    known: dict[str, Outcome | None] = {}
    for _ in range(TRIES):
        waiting = [each for each in origins if each not in known]
        for subject in _load(run, waiting) if waiting else ():
            if subject.stands:
                origin = origins[subject.candidate]
                known[subject.candidate] = rules.outcome_of_claims(subject.claims, origin, subject.candidate, now)
    if len(known) < len(origins):
        raise TryAgain("guests were changed by others all the time", after_seconds=1)
    return {candidate: outcome for candidate, outcome in known.items() if outcome}


def _load(occasion: str, candidates: Sequence[str]) -> Iterator[Subject]:
    """Three batch reads, however many candidates; one more when some were merged into others since.

    The claim stands on the gate's revision, and every regrouping writes the gate. So the gate must be read while the
    head is as it was decided on: the heads' revisions are asked for again behind the gates, beside the claims.
    """
    heads = guests.heads(candidates)
    moved = {head.merged_into for head in heads.values() if head.merged_into}
    heads |= guests.heads(moved - heads.keys())
    now_guests = {each: _guest(heads, each) for each in candidates}
    known = {head.leaf: head for head in now_guests.values() if head}
    gates = consents.gates(known)
    claims, revisions = _claims_and_revisions(occasion, known.values())
    for candidate, head in now_guests.items():
        if head is None:
            yield Subject(candidate, None, None, (), stands=not _is_torn(heads, candidate))
            continue
        own = tuple(claims[leaf] for leaf in sorted({head.leaf, *head.members}) if leaf in claims)
        yield Subject(candidate, head, gates.get(head.leaf), own, stands=revisions.get(head.leaf) == head.rev)


def _guest(heads: Mapping[str, Head], leaf: str) -> Head | None:
    head = heads.get(leaf)
    head = heads.get(head.merged_into) if head and head.merged_into else head
    return head if head and head.is_guest else None


def _is_torn(heads: Mapping[str, Head], leaf: str) -> bool:
    """The guest that a record was merged into was itself merged away between the two reads."""
    head = heads.get(leaf)
    into = heads.get(head.merged_into) if head and head.merged_into else None
    return into is not None and into.merged_into is not None


def _claims_and_revisions(occasion: str, known: Collection[Head]) -> tuple[dict[str, Message], dict[str, int]]:
    """By leaf, what was claimed for the occasion, and the revision that each guest's head has by now: one read."""
    claims = {keys.message(leaf, occasion): leaf for head in known for leaf in {head.leaf, *head.members}}
    heads = {keys.head(head.leaf): head.leaf for head in known}
    found = table.get_many([*claims, *heads])
    messages = {leaf: store.read_message(key, found[key]) for key, leaf in claims.items() if key in found}
    return messages, {leaf: found[key]["rev"] for key, leaf in heads.items() if key in found}


def _decide(
    occasion: Occasion, subject: Subject, renderer: Renderer, taken: Iterable[str], now: datetime
) -> Outcome | Letter:
    earlier = rules.outcome_of_claims(subject.claims, occasion.origin, subject.candidate, now)
    if earlier:
        return earlier
    if subject.head is None:
        return Outcome(code="held", reason=Reason.MERGED_AWAY)
    if subject.head.leaf in taken or (subject.gate and was_mailed(subject.gate, occasion.id)):
        return Outcome(code="held", reason=Reason.ALREADY_SENT)
    if rows_of(subject.others) > table.WRITE_AT_ONCE:
        return Outcome(code="held", reason=Reason.TOO_MANY_RECORDS)
    email = subject.traits.email
    address = digest("email", email) if email else None
    reason = rules.decide(subject.gate, email, address, occasion.deployment, now)
    if reason or subject.gate is None or not email or not address:
        return Outcome(code="held", reason=reason or Reason.NO_CONSENT)
    message = _message(occasion, subject.head.leaf, subject.candidate, address, now)
    try:
        written = _write(occasion, message, renderer, subject.traits, email)
    except Unfit as unfit:
        return Outcome(code="held", reason=unfit.reason)
    return Letter(message, subject.gate, subject.others, written)


def _message(occasion: Occasion, guest: str, candidate: str, address: str, now: datetime) -> Message:
    return Message(
        guest=guest,
        occasion=occasion.id,
        claim=stable_id(CLAIM, occasion.id, guest),
        campaign=occasion.campaign,
        origin=occasion.origin,
        candidate=candidate,
        address=address,
        at=instant(now),
    )


def _write(occasion: Occasion, message: Message, renderer: Renderer, traits: Traits, email: str) -> Mail:
    token = make_token(Leave(message.guest, "marketing", occasion.id))
    url = f"{occasion.deployment.public_url.rstrip('/')}/u/{token}"
    content: Content = renderer.render(traits, url)
    return Mail(
        to=email,
        subject=content.subject,
        html=content.html,
        text=content.text,
        # RFC 8058: both headers, and the DKIM signature that SES adds covers them.
        headers={"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        tags={"run": occasion.id, "guest": message.guest, "claim": message.claim},
    )


def _claim(letters: Sequence[Letter]) -> list[Letter]:
    """Claim many in few transactions. Who is not in the answer was changed by others meanwhile: decide them again."""
    claimed: list[Letter] = []
    for group in _groups(letters):
        claimed += _claim_together(group)
    return claimed


def _groups(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    """As many as fit one transaction."""
    group: list[Letter] = []
    rows = 0
    for letter in letters:
        needs = rows_of(letter.others)
        if rows + needs > table.WRITE_AT_ONCE:
            yield group
            group, rows = [], 0
        group.append(letter)
        rows += needs
    if group:
        yield group


def rows_of(others: Sequence[str]) -> int:
    """Rows of one claim's transaction: the claim, the gate, and a check of each other leaf."""
    return 2 + len(others)


def _claim_together(group: list[Letter]) -> list[Letter]:
    """One transaction; on a cancel without those named in its reasons, until the rest passes."""
    while group:
        writes = [
            (letter, write) for letter in group for write in store.claim(letter.message, letter.gate, letter.others)
        ]
        try:
            table.transact([write for _, write in writes])
        except table.ConditionFailed as cancelled:
            named = {writes[at][0].message.guest for at in cancelled.failed}
            group = [letter for letter in group if letter.message.guest not in named]
        except TryAgain:
            return []  # somebody else is writing to one of these rows right now
        else:
            return group
    return []


def _post(occasion: Occasion, letters: Sequence[Letter], batch: Batch) -> None:
    """Bulk calls; what was accepted is written first, then claims of what was not sent are given back."""
    failures: list[Exception] = []
    for start in range(0, len(letters), mail.AT_ONCE):
        part = [letter.message for letter in letters[start : start + mail.AT_ONCE]]
        results = mail.send_bulk(
            [letter.mail for letter in letters[start : start + mail.AT_ONCE]],
            sender=occasion.deployment.sender,
            configuration_set=occasion.message_class,
        )
        answered = sorted(zip(part, results, strict=True), key=lambda pair: pair[1].verdict in UNSENT)
        failures += [failure for message, result in answered if (failure := _follow_up(message, result, batch))]
    if failures:
        raise failures[0]


def _follow_up(message: Message, result: mail.Result, batch: Batch) -> Exception | None:
    """Write what became of one mail. A failure is kept for the end: it must not cost the others their turn."""
    batch.throttled |= result.verdict is Verdict.LATER
    batch.stopped = batch.stopped or (result.reason if result.verdict is Verdict.STOPPED else "")
    try:
        batch.outcomes[message.candidate] = _outcome(message, result)
    except Exception as failure:  # noqa: BLE001 (whatever it is: it is raised when all had their turn)
        return failure
    return None


def _outcome(message: Message, result: mail.Result) -> Outcome:
    match result.verdict:
        case Verdict.ACCEPTED | Verdict.REFUSED:
            return _settle(message, result)
        case Verdict.UNKNOWN:
            return Outcome(code="unknown")
        case Verdict.LATER | Verdict.STOPPED:
            _give_back(message)
            return AGAIN


def _settle(message: Message, result: mail.Result) -> Outcome:
    if result.verdict is Verdict.ACCEPTED:
        store.settle(message, message.model_copy(update={"state": State.SENT, "ses_id": result.message_id}))
        return Outcome(code="sent")
    store.settle(message, message.model_copy(update={"state": State.FAILED, "reason": result.reason}))
    return Outcome(code="failed", reason=result.reason)


def _give_back(message: Message) -> None:
    """Undo a claim. Nobody else's claim is touched: the row must still be ours, and without an outcome.

    The guest may have been merged into another since: that guest's gate has the mail among its sends now.
    """
    for _ in range(GIVE_BACK_TRIES):
        head = guests.head(message.guest)
        guest = head.guest if head else message.guest
        undo = store.give_back(message, consents.gate(guest))
        try:
            table.transact([*undo, consents.belongs(message.guest, guest)])
        except table.ConditionFailed as cancelled:
            if 0 in cancelled.failed:
                return
        else:
            return
    raise TryAgain("the gate was changed by others all the time")

"""How templates and messages are kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, item_size
from chalicelib.aws.definitions import Definitions
from chalicelib.aws.keys import Key
from chalicelib.canonical.happenings import Happening
from chalicelib.canonical.ids import EVERYWHERE, RUN, GuestId, Leaf, OccasionId, TemplateId, highest_id, instant_in
from chalicelib.canonical.time import Instant
from chalicelib.consent import store as consents
from chalicelib.consent.model import Gate
from chalicelib.consent.rules import remembered, send_mark
from chalicelib.identity import store as identity
from chalicelib.identity.model import Identifier
from chalicelib.messages.model import Message, State, Template

SMALL = 400
"""Bytes of a message row, for the meter."""


TEMPLATES: Definitions[Template, TemplateId] = Definitions(Template, keys.TEMPLATES, "template")


def message_row(message: Message) -> Item:
    kept = message.model_dump(mode="json", exclude={"guest", "occasion"}, exclude_none=True)
    return table.row(keys.message(message.guest, message.occasion), **kept)


def read_message(key: Key, item: Item) -> Message:
    guest, occasion = key.pk.partition("#")[2], key.sk.removeprefix(keys.MESSAGE)
    return Message.model_validate({"guest": guest, "occasion": occasion, **item})


def message(leaf: Leaf, occasion: OccasionId) -> Message | None:
    key = keys.message(leaf, occasion)
    item = table.get(key)
    return read_message(key, item) if item else None


def messages(pairs: Iterable[tuple[GuestId, OccasionId]]) -> dict[tuple[GuestId, OccasionId], Message]:
    """Messages by (guest, occasion)."""
    found = table.get_many(keys.message(*pair) for pair in pairs)
    known = [read_message(key, item) for key, item in found.items()]
    return {(each.guest, each.occasion): each for each in known}


def newest(leaf: Leaf, limit: int) -> list[Message]:
    """The newest messages of one leaf, of at most so many occasions."""
    rows = table.query(keys.leaf(leaf), keys.MESSAGE, limit=limit, newest_first=True)
    return [read_message(table.key_of(row), row) for row in rows]


def happenings(leaf: Leaf, before: str | None, limit: int) -> Iterator[Happening[Message]]:
    """The messages of one leaf before a position, newest first; each stands at the instant of its occasion. What went
    out in the group's name is the group's to see."""
    up_to = f"{keys.MESSAGE}{highest_id(RUN, _instant_of(before))}" if before else None
    for item in table.query(keys.leaf(leaf), keys.MESSAGE, up_to=up_to, at_once=limit, newest_first=True):
        found = read_message(table.key_of(item), item)
        at, of = instant_in(found.occasion), found.property_id or EVERYWHERE
        happening = Happening(at, found.occasion, leaf, found, of)
        if happening.is_before(before):
            yield happening


def _instant_of(position: str) -> Instant:
    """That of a position; a stay's has a day only, which begins at midnight."""
    at = position.partition("#")[0]
    return Instant(at if "T" in at else f"{at}T00:00:00Z")


def claim(
    message: Message, gate: Gate, others: Iterable[Leaf], mailbox: Identifier | None = None, *, counts: bool = True
) -> list[table.Write]:
    """The writes of one claim: the row, the gate as it was decided on, no claim under the guest's other leaves, and the
    address's own row where other guests have it, too."""
    mark = _mark_of(message, counts=counts)
    return [
        table.Put(message_row(message), table.ABSENT),
        _set_sends(gate, remembered([*gate.sends, mark])),
        *(table.Check(keys.message(leaf, message.occasion), table.ABSENT, size=0) for leaf in others),
        *([_set_sends_there(mailbox, remembered([*mailbox.sends, mark]))] if mailbox else []),
    ]


def hold(message: Message, others: Sequence[Leaf]) -> None:
    """Write that a message is held, where nothing is claimed for its occasion. Raises ConditionFailed, TryAgain."""
    put = table.Put(message_row(message), table.ABSENT)
    checks = [table.Check(keys.message(leaf, message.occasion), table.ABSENT, size=0) for leaf in others]
    if checks:
        table.transact([put, *checks[: table.WRITE_AT_ONCE - 1]])
    else:
        table.write(put)


def give_back(message: Message, gate: Gate | None, mailbox: Identifier | None) -> list[table.Write]:
    """The writes that undo a claim whose mail was certainly not sent."""
    ours = table.When(
        "#state = :claimed AND origin = :origin", {":claimed": State.CLAIMED, ":origin": message.origin}, STATE
    )
    undo = table.Delete(keys.message(message.guest, message.occasion), ours, size=SMALL)
    its = {_mark_of(message, counts=counts) for counts in (True, False)}
    undone: list[table.Write] = [undo]
    if gate and not its.isdisjoint(gate.sends):
        undone.append(_set_sends(gate, [mark for mark in gate.sends if mark not in its]))
    if mailbox and not its.isdisjoint(mailbox.sends):
        undone.append(_set_sends_there(mailbox, [mark for mark in mailbox.sends if mark not in its]))
    return undone


def _mark_of(message: Message, *, counts: bool) -> str:
    return send_mark(message.at, message.occasion, message.guest, counts=counts)


STATE = {"#state": "state"}


def _set_sends(gate: Gate, sends: Iterable[str]) -> table.Write:
    """The gate at its next revision. One that was never written is written whole."""
    after = gate.with_sends(tuple(sends))
    if gate.rev == 0:
        return consents.replace(None, after)
    return table.Update(
        keys.gate(gate.guest, gate.channel),
        "SET sends = :sends, rev = :next",
        {":sends": list(after.sends), ":next": gate.rev + 1},
        when=table.unchanged_since(gate.rev),
        size=item_size(consents.gate_row(after)),
    )


def _set_sends_there(before: Identifier, sends: Sequence[str]) -> table.Put:
    """The address's own row at its next revision, and as it was decided on."""
    after = replace(before, sends=tuple(sends), rev=before.rev + 1)
    return table.Put(identity.row_of(after), table.unchanged_since(before.rev or None))


def keep_outcome(message: Message, outcome: Message) -> None:
    """Write our own outcome of a claim; an event that came first has said it already."""
    try:
        table.write(_advanced(message, outcome, table.When("#state = :before", {":before": State.CLAIMED}, STATE)))
    except table.ConditionFailed:
        return


def follow(before: Message, after: Message) -> None:
    """Write what an event changed. Raises ConditionFailed when the row is not as it was read in those attributes."""
    changed = _changes(before, after)
    known = {name: getattr(before, name) for name in changed}
    parts = [f"#{name} = :was_{name}" if value else f"attribute_not_exists(#{name})" for name, value in known.items()]
    values = {f":was_{name}": value for name, value in known.items() if value}
    names = {f"#{name}": name for name in known}
    update = _advanced(before, after, table.When(" AND ".join(["attribute_exists(pk)", *parts]), values, names))
    if before.campaign and after.state is State.FAILED and before.state is not State.FAILED:
        table.transact([update, told_later(before.occasion, before.origin)])
    else:
        table.write(update)


def told_later(occasion: OccasionId, origin: str) -> table.Put:
    """Whoever counts what became of a piece of work's messages has to ask them."""
    return table.Put(table.row(keys.told_later(occasion, origin)))


def _changes(before: Message, after: Message) -> dict[str, str]:
    told = after.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in told.items() if getattr(before, name) != value}


def _advanced(before: Message, after: Message, when: table.When) -> table.Update:
    return table.setting(keys.message(before.guest, before.occasion), _changes(before, after), when, SMALL)

"""How audits, and what they propose, are kept."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from chalicelib.aws import keys, keys_of_audits, table
from chalicelib.aws.codec import Item
from chalicelib.aws.indexes import INDEX_1
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.identity.audits import IdentityAudit
from chalicelib.identity.model import Pair
from chalicelib.identity.store import position_of

PROPOSED_FOR = timedelta(days=100)
"""A proposal that no later audit repeats is gone then."""


def save(audit: IdentityAudit) -> None:
    """The same audit once more, or a better word about it, takes its place."""
    key = keys_of_audits.identity_audit(audit.began_at)
    table.write(table.Put(table.row(key, audit=audit.model_dump_json(exclude_defaults=True))))


def newest(before: str | None = None, at_once: int | None = None) -> Iterator[IdentityAudit]:
    """All audits, the newest first; `before` one that began then."""
    rows = table.query(keys_of_audits.IDENTITY_AUDITS, after=before, at_once=at_once, newest_first=True)
    return (IdentityAudit.model_validate_json(each["audit"]) for each in rows)


def propose(pair: Pair, bits: float, now: Instant) -> None:
    """Have a pair wait for an answer. It is a hint, as each candidate's row: whoever shows it looks at both. What leads
    to it from the larger record is there before it: no erasure misses it."""
    table.write(table.Put(pointer_row(pair, now)))
    table.write(table.Put(proposal_row(pair, bits, now)))


def proposal_row(pair: Pair, bits: float, now: Instant) -> Item:
    place = {INDEX_1.pk: keys.ALL_CANDIDATES, INDEX_1.sk: position_of(*pair, bits)}
    return table.row(keys_of_audits.proposal(*pair), expires_at=_ends(now), **place)


def pointer_row(pair: Pair, now: Instant) -> Item:
    return table.row(keys_of_audits.proposed(*pair), expires_at=_ends(now))


def _ends(now: Instant) -> int:
    return int((moment_of(now) + PROPOSED_FOR).timestamp())


def answered(leaves: Collection[Leaf]) -> None:
    """What is proposed of these records among themselves waits no more: answered ones would fill the first pages."""
    for leaf in sorted(leaves):
        for other in _proposed(leaf, keys_of_audits.PROPOSAL):
            if other in leaves:
                _delete(leaf, other)


def forget(leaf: Leaf) -> None:
    """What is proposed with a record."""
    for other in _proposed(leaf, keys_of_audits.PROPOSAL):
        _delete(leaf, other)
    for other in _proposed(leaf, keys_of_audits.PROPOSED):
        _delete(other, leaf)


def _proposed(leaf: Leaf, prefix: str) -> list[Leaf]:
    rows = table.query(keys.leaf(leaf), prefix)
    return [Leaf(table.key_of(each).sk.removeprefix(prefix)) for each in rows]


def _delete(one: Leaf, other: Leaf) -> None:
    """What leads to it goes last: whoever dies in between is led there again."""
    table.write(table.Delete(keys_of_audits.proposal(one, other), size=200))
    table.write(table.Delete(keys_of_audits.proposed(one, other), size=100))


def waiting_for(leaves: set[Leaf]) -> dict[Leaf, Leaf]:
    """Of some records the one that each waits with by its own row."""
    wanted = {keys.candidate(leaf): leaf for leaf in leaves}
    rows = table.get_many(wanted)
    return {wanted[key]: Leaf(row[INDEX_1.sk].rpartition("#")[2]) for key, row in rows.items()}

"""How audits, and what they propose, are kept."""

from collections.abc import Callable, Collection, Iterator
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
    """Have a pair wait for an answer. It is a hint, as each candidate's row: whoever shows it looks at both."""
    table.write(table.Put(proposal_row(pair, bits, now)))


def proposal_row(pair: Pair, bits: float, now: Instant) -> Item:
    place = {INDEX_1.pk: keys.ALL_CANDIDATES, INDEX_1.sk: position_of(*pair, bits)}
    expires_at = int((moment_of(now) + PROPOSED_FOR).timestamp())
    return table.row(keys_of_audits.proposal(*pair), expires_at=expires_at, **place)


def answered(leaves: Collection[Leaf]) -> None:
    """What is proposed of these records among themselves waits no more: answered ones would fill the first pages."""
    for leaf in sorted(leaves):
        _take_away(leaf, lambda other: other in leaves)


def forget(leaf: Leaf) -> None:
    """What is proposed with a record as the smaller of two. Where it is the other, it is a hint to nobody, and ends by
    itself."""
    _take_away(leaf, lambda _: True)


def _take_away(leaf: Leaf, is_meant: Callable[[str], bool]) -> None:
    for item in list(table.query(keys.leaf(leaf), keys_of_audits.PROPOSAL)):
        key = table.key_of(item)
        if is_meant(key.sk.removeprefix(keys_of_audits.PROPOSAL)):
            table.write(table.Delete(key, size=200))


def waiting_for(leaves: set[Leaf]) -> dict[Leaf, Leaf]:
    """Of some records the one that each waits with by its own row."""
    wanted = {keys.candidate(leaf): leaf for leaf in leaves}
    rows = table.get_many(wanted)
    return {wanted[key]: Leaf(row[INDEX_1.sk].rpartition("#")[2]) for key, row in rows.items()}

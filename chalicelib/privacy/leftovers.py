"""What is kept by leaf beside the profile, and says something of the person: swept up after an erasure, at any time."""

from functools import partial

from chalicelib.accounts import contacts
from chalicelib.aws import keys, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.ids import Leaf
from chalicelib.consent import store as consents
from chalicelib.guests import store as guests
from chalicelib.guests import written
from chalicelib.identity import audit_store
from chalicelib.identity import store as identity


def sweep(leaf: Leaf) -> None:
    """Proofs of consent (address of the network, browser, words at the desk), what people wrote, for whom the person
    spoke, why they decided about the record, and who might be the same person. Raises TryAgain."""
    consents.forget_proofs(leaf)
    written.forget(leaf)
    contacts.forget(leaf)
    table.write(table.Delete(keys.candidate(leaf), size=200))
    audit_store.forget(leaf)
    for other, decision in sorted(identity.decisions(leaf).items()):
        if decision.reason:
            until_written(partial(_without_reason, leaf, other), f"{other} is being written by others")


def _without_reason(leaf: Leaf, other: Leaf) -> None:
    """It is kept under both records, whose heads are the locks, and must be the same there."""
    heads = guests.heads([leaf, other])
    decided = identity.decisions_about([leaf, other])
    decision = decided.get(leaf, {}).get(other)
    if decision is None or decided.get(other, {}).get(leaf) != decision:
        raise table.Contended("others wrote between two of these reads")
    bare = decision.without_reason()
    table.transact([
        *(guests.next_revision(head) for head in heads.values()),
        table.Put(identity.decisions_row(leaf, {**decided[leaf], other: bare})),
        table.Put(identity.decisions_row(other, {**decided[other], leaf: bare})),
    ])  # fmt: skip

"""What sources say of companies and agencies: by profiles that are no person's. Pure."""

from dataclasses import dataclass

from chalicelib.canonical.ids import AccountId, ConnectionId, account_of
from chalicelib.canonical.snapshots import GuestSnapshot


@dataclass(frozen=True)
class Said:
    """How a source calls one of its accounts, and into which other it merged it; `version` sorts by time."""

    id: AccountId
    name: str | None
    merged_into: AccountId | None
    version: str


def said_by(snapshot: GuestSnapshot, source: ConnectionId) -> Said | None:
    """None of a person, and of who has no id. What was anonymised is called nothing any more, whatever it was."""
    if snapshot.source_id is None or (snapshot.person and not snapshot.anonymised):
        return None
    parts = () if snapshot.anonymised else (snapshot.given_name, snapshot.family_name)
    return Said(
        account_of(source, snapshot.source_id),
        " ".join(part for part in parts if part) or None,
        account_of(source, snapshot.merged_into) if snapshot.merged_into else None,
        snapshot.version().text(),
    )

"""What an audit of all guests found: how good each source's records are, and what was proposed. Pure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import Instant
from chalicelib.settings.matching import Bits, FieldName, Level

Count = Annotated[int, Field(ge=0, le=10**12)]
MOST_SOURCES = 200
AN_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"


class Counted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceQuality(Counted):
    """The records of one source that are somebody's. `duplicates` are those of somebody of whom the source has one
    already. Each record is one of three: `reachable` at a mailbox of the guest's own; `masked` behind a portal's relay
    address; `unmailable`, for there is no address, or it is no mailbox, an office's, or one that mail came back from.
    `no_consent` are those of the reachable whose guest said yes to no marketing by mail."""

    source: Annotated[ConnectionId, HUB_ID]
    records: Count = 0
    duplicates: Count = 0
    reachable: Count = 0
    masked: Count = 0
    unmailable: Count = 0
    no_consent: Count = 0


class Proposals(Counted):
    """What became of the pairs that the audit brought. `proposed` wait for somebody's answer from now on, `waiting` did
    before. `settled` are one guest already, or a person keeps them apart; `contradicted` are two by a name, a birthday
    or a generation; `unlike` are below `review_from` by the weights that are set; `nobodys` are not there any more."""

    proposed: Count = 0
    waiting: Count = 0
    settled: Count = 0
    contradicted: Count = 0
    unlike: Count = 0
    nobodys: Count = 0


class IdentityAudit(Counted):
    """One audit, known by when it began. `full_blocks` are those that are too full for records to be compared there as
    they come, which the audit looked into; `passed_over` those that were too full for it, too. `weights` are the bits
    that it estimated from the hotel's own records; where there are too few, nothing. `even_at` is the score at which
    one person is as likely as two."""

    began_at: Annotated[Instant, Field(pattern=AN_INSTANT)]
    guests: Count
    records: Count
    pairs: Count = 0
    full_blocks: Count = 0
    passed_over: Count = 0
    proposals: Proposals = Proposals()
    sources: Annotated[tuple[SourceQuality, ...], Field(max_length=MOST_SOURCES)] = ()
    weights: dict[FieldName, dict[Level, Bits]] = {}
    even_at: Annotated[float, Field(ge=-100, le=100)] | None = None

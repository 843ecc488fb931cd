"""How campaigns and their runs are kept."""

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.campaigns import parts
from chalicelib.campaigns.model import Campaign, CampaignRow, Chunk, Content, Run, RunState
from chalicelib.canonical.ids import CampaignId, PropertyId, RunId
from chalicelib.jobs import store as jobs
from chalicelib.messages import names
from chalicelib.messages.known import Cap
from chalicelib.settings import installation
from chalicelib.settings import store as settings
from chalicelib.settings.rules import MailIdentity

RUN_SIZE = 1_000
"""Bytes of a run's row, for the meter."""
REMEMBERED_SECONDS = 30 * 86400
"""How long a repeated launch finds its answer: far longer than an Idempotency-Key is kept."""


def campaign(campaign_id: CampaignId) -> CampaignRow | None:
    item = table.get(keys.campaign(campaign_id))
    return _read_campaign(item) if item else None


def campaigns() -> list[CampaignRow]:
    return [_read_campaign(item) for item in table.query(keys.CAMPAIGNS)]


def _read_campaign(item: Item) -> CampaignRow:
    return CampaignRow.model_validate({**item, "campaign": Campaign.model_validate_json(item["campaign"])})


def put_campaign(kept: CampaignRow, *, replaces: int) -> table.Put:
    item = table.row(
        keys.campaign(kept.campaign.id),
        rev=kept.rev,
        launches=kept.launches,
        run=kept.run,
        runs=list(kept.runs) or None,
        version=kept.version if kept.version > 1 else None,
        changed_at=kept.changed_at,
        changed_by=kept.changed_by,
        campaign=kept.campaign.model_dump_json(),
    )
    return table.Put(item, table.unchanged_since(replaces or None))


def run(run_id: RunId) -> Run | None:
    item = table.get(keys.run(run_id))
    return Run.model_validate(item) if item else None


def new_run(run: Run, content: Content) -> list[table.Put]:
    row = table.row(keys.run(run.id), **run.model_dump(mode="json"))
    packed = table.row(keys.run_content(run.id), content=content.model_dump_json(by_alias=True))
    waits = table.row(keys.waking(jobs.RUN, run.id), at=run.at, about=run.campaign)
    return [table.Put(row, table.ABSENT), table.Put(packed, table.ABSENT), table.Put(waits)]


def launch_answer(launch_id: str) -> RunId | None:
    """The run with which a launch was answered: its own, or one that was on."""
    item = table.get(keys.launch(launch_id))
    return item["run"] if item else None


def keep_launch_answer(launch_id: str, answer: Run, now: datetime) -> list[table.Put]:
    """A launch is answered once: it begins its own run or meets another's, never both."""
    expires_at = int(now.timestamp()) + REMEMBERED_SECONDS
    return [table.Put(table.row(keys.launch(launch_id), run=answer.id, expires_at=expires_at), table.ABSENT)]


def change_run(before: Run, after: Run) -> Run:
    """Write what differs in a run that is still as it was read. Returns its next revision. Raises ConditionFailed."""
    table.write(changed(before, after))
    return after.at_rev(before.rev + 1)


def changed(before: Run, after: Run) -> table.Update:
    """The write alone, for who changes a run together with other rows."""
    return _update_run(before, after.at_rev(before.rev + 1))


def end_run(before: Run, after: Run) -> None:
    """The last change of a run; nobody wakes it any more. Raises ConditionFailed."""
    ended = table.Delete(keys.waking(jobs.RUN, before.id), size=100)
    table.transact([changed(before, after), ended])


def _update_run(before: Run, after: Run) -> table.Update:
    was, becomes = before.model_dump(mode="json"), after.model_dump(mode="json")
    values: dict[str, Any] = {name: value for name, value in becomes.items() if value != was[name]}
    return table.setting(keys.run(before.id), values, table.When("#rev = :was", {":was": before.rev}), RUN_SIZE)


def pause_for(run_id: RunId, reason: str) -> None:
    """Pause a run that is active, for a reason of SES."""
    values: dict[str, Any] = {":paused": RunState.PAUSED, ":reason": reason, ":one": 1}
    active = table.When("#state = :active", {":active": RunState.ACTIVE})
    expression = "SET #state = :paused, reason = :reason, rev = rev + :one"
    try:
        table.write(table.Update(keys.run(run_id), expression, values, {"#state": "state"}, active, size=RUN_SIZE))
    except table.ConditionFailed:
        return  # it was paused or cancelled meanwhile: then it is what it should be


def active_runs() -> list[RunId]:
    return jobs.waking().runs


def content(run_id: RunId) -> Content:
    item = table.get(keys.run_content(run_id))
    if item is None:
        raise LookupError(f"run {run_id} was written without its content")
    return Content.model_validate_json(item["content"])


class ChunkToSend(NamedTuple):
    """All that a worker needs to send one chunk. `identity` is None where the run's property is on the list no more."""

    run: Run
    chunk: Chunk
    content: Content
    identity: MailIdentity | None
    public_url: str
    cap: Cap


def chunk_to_send(run_id: RunId, chunk_name: str) -> ChunkToSend | None:
    """One batch read, and two more for the hotels and the rules of consent; three for a run that has a property."""
    at = (
        keys.run(run_id),
        parts.key_of_chunk(run_id, chunk_name),
        keys.run_content(run_id),
        keys.DEPLOYMENT,
    )
    found = table.get_many(at)
    if any(key not in found for key in at[:3]):
        return None
    run, row = Run.model_validate(found[at[0]]), found.get(at[3])
    kept = settings.read(row)
    return ChunkToSend(
        run=run,
        chunk=parts.read_chunk(run_id, found[at[1]]),
        content=Content.model_validate_json(found[at[2]]["content"]),
        identity=_of_property(run, run.property_id) if run.property_id else names.of_group_as_set(row),
        public_url=installation.read(row).public_url,
        cap=Cap(kept.cap_mails, kept.cap_days),
    )


def _of_property(run: Run, property_id: PropertyId) -> MailIdentity | None:
    """As they are at this chunk: a sender that is mended while a run is paused is the next chunk's.

    A cancelled run sends nothing: it needs nobody's names, and comes to its end without them.
    """
    return names.of(None if run.state is RunState.CANCELLED else property_id)

"""Restore: the table as it was at a point in time, under a name of its own, in the place of the one that is used now.

Every step may be made again, and finds what it made before: a restore that stopped half way is given the same command.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib.aws.settings import RESTORED_TABLE, settings
from chalicelib.aws.table import LARGEST_ROW
from chalicelib.campaigns import store as campaigns
from chalicelib.consent import objections
from chalicelib.privacy.told_again import ToldAgain, tell_again
from chalicelib.settings.actions import controllers
from chalicelib.settings.rules import successions_of_restore
from chalicelib.settings.store import note
from infra import deploy, mappings, stages, workers
from infra.mappings import Pause
from infra.stacks import Tell

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient

REASON = "restored"
"""Why a run is paused that was active at the point in time: who was mailed since is not known any more."""
POLL_SECONDS = 15.0
LAST_CALLS_SECONDS = 30.0
"""A call of the API that began in the other table goes on for no longer."""
TTL: Any = {"AttributeName": "expires_at", "Enabled": True}
PITR: Any = {"PointInTimeRecoveryEnabled": True}


@dataclass(frozen=True)
class Restored:
    """`paused` are the runs that were active at the point in time."""

    table: str
    paused: tuple[str, ...]
    objections: ToldAgain


class TableNotMade(RuntimeError):
    """A restored table is not what was asked for; the message says what it is."""


def restore(stage: str, at: datetime, tell: Tell, pause: Pause = time.sleep, source: str = "") -> Restored:
    """Put the table as it was `at` in the place of the one that is used now, which stays as it is.

    `source` is the table that was used then, where that was another one. Raises ClientError for an instant to which
    it does not reach back.
    """
    stages.use(stage)
    moment, target = at.astimezone(UTC), name_of(stage, at)
    tell("stopping what reads queues")
    _let_queues_be_read(stage, pause, enabled=False)
    tell(f"restoring {target}")
    _make(boto3.client("dynamodb"), source or settings().table, target, moment, pause)
    before = stages.restored_table(stage)
    _note_successions(stage, before, target)
    paused = _pause_runs()
    tell_objections_again(moment)
    tell(f"putting {target} in its place")
    take_into_use(stage, target, pause)
    pause(LAST_CALLS_SECONDS)
    _note_successions(stage, before, target)  # until now entities were changed in the other table
    deploy.infra(stage, {"RestoredTable": target}, tell)  # who begins anew before this copies from the other one again
    told = tell_objections_again(moment)  # until now guests objected in the other table
    _let_queues_be_read(stage, pause, enabled=True)
    return Restored(target, paused, told)


def _note_successions(stage: str, before: str, target: str) -> None:
    """Write down whom the legal entities of the restored table succeed; what follows reads and writes that table."""
    stages.use_table(stage, before)
    today = controllers()
    stages.use_table(stage, target)
    note(successions_of_restore(today, controllers()), LARGEST_ROW)  # who objected comes before who changes names


def name_of(stage: str, at: datetime) -> str:
    return f"xenia-{stage}-restored-{at.astimezone(UTC):%Y%m%dt%H%M%Sz}"


def tell_objections_again(since: datetime) -> ToldAgain:
    """Objections are filed by the day: some of that day were made before, and change nothing."""
    return tell_again(objections.noted_since(since.astimezone(UTC).date(), datetime.now(UTC).date()))


def _make(client: "DynamoDBClient", source: str, target: str, at: datetime, pause: Pause) -> None:
    if source == target:
        return
    if _state(client, target) is None:
        client.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, RestoreDateTime=at)
    while (state := _state(client, target)) == "CREATING":
        pause(POLL_SECONDS)
    if state != "ACTIVE":
        raise TableNotMade(f"{target} is {state}")
    _protect(client, target)


def _state(client: "DynamoDBClient", table: str) -> str | None:
    """None where there is no such table."""
    try:
        return client.describe_table(TableName=table)["Table"]["TableStatus"]
    except client.exceptions.ResourceNotFoundException:
        return None


def _protect(client: "DynamoDBClient", table: str) -> None:
    """What a restored table does not take over from the other one."""
    described: Any = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if described.get("TimeToLiveStatus") not in {"ENABLED", "ENABLING"}:  # what is on cannot be turned on
        client.update_time_to_live(TableName=table, TimeToLiveSpecification=TTL)
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=PITR)
    client.update_table(TableName=table, DeletionProtectionEnabled=True)


def _pause_runs() -> tuple[str, ...]:
    active = tuple(campaigns.active_runs())
    for each in active:
        campaigns.pause_for(each, REASON)
    return active


def _let_queues_be_read(stage: str, pause: Pause, *, enabled: bool) -> None:
    """Webhooks are taken meanwhile: the edge writes to a queue only."""
    client = boto3.client("lambda")
    for each in workers.readers():
        name = workers.function_name(each.function, stage)
        for mapping in client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
            mappings.change(client, mapping["UUID"], {"Enabled": enabled}, pause)


def take_into_use(stage: str, table: str, pause: Pause) -> None:
    """From now on functions that are called use a table."""
    client = boto3.client("lambda")
    for each in workers.WORKERS:
        _tell_function(client, workers.function_name(each.function, stage), {RESTORED_TABLE: table}, pause)


def _tell_function(client: "LambdaClient", name: str, variables: Mapping[str, str], pause: Pause) -> None:
    """Raises ClientError for a function that is not there: the stage would use two tables."""
    known = client.get_function_configuration(FunctionName=name).get("Environment", {}).get("Variables", {})
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {**known, **variables}})
    while client.get_function_configuration(FunctionName=name).get("LastUpdateStatus") == "InProgress":
        pause(1.0)

"""The drill: a table as it was at noon takes the place of today's, and nobody who objected since is mailed."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError

from chalicelib.aws import clients, table
from chalicelib.aws.settings import RESTORED_TABLE, Settings, settings
from chalicelib.campaigns import actions as campaigns
from chalicelib.campaigns.model import Run, RunState
from chalicelib.canonical.ids import ControllerId, GuestId
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consents
from chalicelib.consent import objections
from chalicelib.consent.model import EMAIL
from chalicelib.consent.objections import Undeliverable
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.messages import actions as messages
from chalicelib.messages import sending
from chalicelib.settings import actions as settings_actions
from chalicelib.settings import store as hub
from chalicelib.settings.model import GROUP_CONTROLLER
from chalicelib.settings.rules import mail_identity
from infra import deploy, restore, stages, template, workers
from tests.campaigns.worlds import campaign, guest
from tests.ids import guest_id
from tests.mail_fakes import FakeSes, mail_event
from tests.messages.test_sending import codes, occasion

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=30)
pytestmark = pytest.mark.moto
"""Which makes a table from another one."""
FIRST, TARGET = "xenia-test", f"xenia-test-restored-{NOON:%Y%m%dt%H%M%Sz}"
OTHER = {"Ref": "RestoredTable"}
STACK = {
    "Parameters": {"Stage": {"Type": "String"}, "RestoredTable": {"Type": "String", "Default": ""}},
    "Conditions": {"IsRestored": {"Fn::Not": [{"Fn::Equals": [OTHER, ""]}]}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": OTHER}}},
    "Outputs": {
        "TableName": {"Value": {"Fn::If": ["IsRestored", OTHER, FIRST]}},
        "FirstTableName": {"Value": FIRST},
        "GatewayLogsRoleArn": {"Value": "arn:aws:iam::123456789012:role/gateway-logs"},
        "RawNoticesBucket": {"Value": "xenia-test-raw-123456789012"},
    },
}


class PointInTime:
    """moto copies what stands now: this remembers the rows of a moment, and puts them into what was restored."""

    def __init__(self) -> None:
        self._client: Any = clients.dynamodb()
        self._rows = self._all(FIRST)

    def _all(self, name: str) -> list[Any]:
        return [each for page in self._client.get_paginator("scan").paginate(TableName=name) for each in page["Items"]]

    def put_back(self, name: str) -> None:
        for each in self._all(name):
            self._client.delete_item(TableName=name, Key={"pk": each["pk"], "sk": each["sk"]})
        for each in self._rows:
            self._client.put_item(TableName=name, Item=each)


@pytest.fixture(autouse=True)
def half_an_hour_later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def deployed(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions with their queues, and a stack that knows what the real one knows of the table."""
    monkeypatch.setattr(template, "text", lambda: json.dumps(STACK))
    role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}", Path="/")["Role"]["Arn"]
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("app.py", "")
    variables = {"Variables": {"XENIA_STAGE": "test"}}
    functions = boto3.client("lambda")
    for each in workers.WORKERS:
        name = workers.function_name(each.function, "test")
        made: Any = {"Runtime": "python3.13", "Handler": "app.f", "Role": role, "Environment": variables}
        functions.create_function(FunctionName=name, Code={"ZipFile": zipped.getvalue()}, **made)
        if each.reads:
            arn = f"arn:aws:sqs:eu-central-1:123456789012:xenia-test-{each.reads}"
            functions.create_event_source_mapping(FunctionName=name, EventSourceArn=arn)


class World:
    """At noon three guests had agreed, and a run was on. Later anna left, bob's mailbox was gone, and zoe came."""

    def __init__(self) -> None:
        self.anna, self.bob, self.carl = (guest(name) for name in ("anna", "bob", "carl"))
        for name in ("bob", "zoe"):
            of_mailbox = Identifier(digest("email", f"{name}@example.com"), leaves=(guest_id(name),))
            table.write(table.Put(identity.row_of(of_mailbox)))
        self.run: Run = campaigns.launch(campaign(), NOON)
        self.at_noon = PointInTime()
        withdraw(self.anna)
        withdraw(guest("zoe"))
        bounced = {"to": "bob@example.com", "message_id": "m1", "tags": {}}
        about = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "bob@example.com"}]}
        messages.record_event(json.dumps(mail_event("Bounce", bounced, instant(LATER), **about)), EMAIL)

    def reasons(self) -> dict[str, str]:
        return codes(sending.send(occasion("n9"), [self.anna, self.bob, self.carl], LATER))


def withdraw(leaf: GuestId) -> None:
    consents.set_consent(leaf, EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest", instant(LATER))


@pytest.fixture
def world(deployed: None, monkeypatch: pytest.MonkeyPatch) -> World:
    FakeSes().install()
    made = World()
    client: Any = boto3.client("dynamodb")
    client.meta.events.register(
        "after-call.dynamodb.RestoreTableToPointInTime", lambda **_: made.at_noon.put_back(TARGET)
    )
    make = boto3.client
    monkeypatch.setattr(boto3, "client", lambda name, **more: client if name == "dynamodb" else make(name, **more))
    return made


def restored() -> restore.Restored:
    return restore.restore("test", NOON, lambda _: None, lambda _: None)


def described(name: str) -> Any:
    found: Any = boto3.client("dynamodb").describe_table(TableName=name)["Table"]
    return found


def test_who_objected_since_is_held_in_the_restored_table(world: World) -> None:
    assert settings().table == FIRST
    done = restored()
    assert settings().table == done.table == TARGET
    assert (done.objections.held, done.objections.unknown) == (2, 1)
    assert world.reasons() == {"anna": "withdrawn", "bob": "suppressed_bounce", "carl": "sent"}


def test_without_the_log_the_restored_table_would_mail_them(world: World) -> None:
    """What the drill is for: the table alone has forgotten."""
    for key in keys_of_the_log():
        boto3.client("s3").delete_object(Bucket="xenia-test-raw-123456789012", Key=key)
    restored()
    assert world.reasons() == {"anna": "sent", "bob": "sent", "carl": "sent"}


def test_who_objected_to_a_legal_entity_of_since_is_held_when_the_one_of_before_answers_again(world: World) -> None:
    """In between the group became a company; it is not one in the restored settings."""
    company = ControllerId("group-ag")
    rename(company)
    consents.set_consent(world.carl, EMAIL, "marketing", company, "withdrawn", "guest", instant(LATER))
    restored()
    identity = mail_identity(hub.get(), successions=hub.with_successions()[1])
    assert (identity.controller, identity.succeeds) == (GROUP_CONTROLLER, frozenset({company}))
    asked = occasion("n9").model_copy(update={"identity": identity})
    assert codes(sending.send(asked, [world.carl], LATER)) == {"carl": "withdrawn"}


def rename(company: ControllerId) -> None:
    kept = hub.get()
    named = kept.group.model_copy(update={"legal_entity": company})
    settings_actions.save(kept.model_copy(update={"group": named}))


def test_an_entity_that_is_changed_while_the_functions_change_their_table_is_succeeded_too(world: World) -> None:
    """Carl objected to it in the other table's last seconds."""
    company = ControllerId("group-ag")

    def meanwhile(seconds: float) -> None:
        if seconds == restore.LAST_CALLS_SECONDS:
            stages.use_table("test", "")
            rename(company)
            consents.set_consent(world.carl, EMAIL, "marketing", company, "withdrawn", "guest", instant(LATER))
            stages.use_table("test", TARGET)

    restore.restore("test", NOON, lambda _: None, meanwhile)
    identity = mail_identity(hub.get(), successions=hub.with_successions()[1])
    assert (identity.controller, identity.succeeds) == (GROUP_CONTROLLER, frozenset({company}))
    asked = occasion("n9").model_copy(update={"identity": identity})
    assert codes(sending.send(asked, [world.carl], LATER)) == {"carl": "withdrawn"}


def test_a_restore_that_stopped_before_the_stack_knew_copies_the_entities_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "Throttling", "Message": ""}}, "UpdateStack")

    with monkeypatch.context() as broken:
        broken.setattr(deploy, "infra", fails)
        with pytest.raises(ClientError):
            restored()
    stages.use("test")
    assert settings().table == FIRST
    rename(ControllerId("group-ag"))
    restored()
    assert mail_identity(hub.get(), successions=hub.with_successions()[1]).succeeds == {"group-ag"}


def keys_of_the_log() -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket="xenia-test-raw-123456789012", Prefix="objections/")
    return [each["Key"] for each in listed["Contents"]]


def test_a_record_that_a_replay_brings_back_is_held_when_objections_are_told_again(world: World) -> None:
    restored()
    guest("zoe")
    told = restore.tell_objections_again(NOON)
    assert (told.held, told.unknown) == (3, 0)
    assert codes(sending.send(occasion("n9"), [guest_id("zoe")], LATER)) == {"zoe": "withdrawn"}


def test_runs_that_were_active_are_paused_and_mail_nobody_by_themselves(world: World) -> None:
    assert restored().paused == (world.run.id,)
    run = campaigns.run(world.run.id)
    assert (run.state, run.reason) == (RunState.PAUSED, "restored")


def test_the_restored_table_is_kept_as_the_first_one_was(world: World) -> None:
    restored()
    client = boto3.client("dynamodb")
    ttl = client.describe_time_to_live(TableName=TARGET)["TimeToLiveDescription"]
    backups: Any = client.describe_continuous_backups(TableName=TARGET)["ContinuousBackupsDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires_at")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert described(TARGET)["DeletionProtectionEnabled"]
    assert len(described(TARGET)["GlobalSecondaryIndexes"]) == 2


def test_functions_tools_and_alarms_use_the_restored_table(world: World) -> None:
    restored()
    client = boto3.client("lambda")
    for each in workers.WORKERS:
        name = workers.function_name(each.function, "test")
        variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        assert variables == {"XENIA_STAGE": "test", RESTORED_TABLE: TARGET}, each.function
    stages.use_table("test", "")
    stages.restored_table.cache_clear()
    stages.use("test")
    assert settings().table == TARGET


def test_queues_are_read_again_at_the_end(world: World) -> None:
    restored()
    mappings = boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert len(mappings) == len(workers.readers())
    assert {each["State"] for each in mappings} == {"Enabled"}


def test_a_restore_that_stopped_half_way_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "Throttling", "Message": ""}}, "UpdateStack")

    with monkeypatch.context() as broken:
        broken.setattr(restore, "take_into_use", fails)
        with pytest.raises(ClientError):
            restored()
    mappings = boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert {each["State"] for each in mappings} == {"Disabled"}
    stages.use("test")
    assert settings().table == FIRST
    assert restored().table == settings().table == TARGET
    assert restored().table == TARGET
    assert world.reasons() == {"anna": "withdrawn", "bob": "suppressed_bounce", "carl": "sent"}


def test_the_log_says_the_same_once_a_day_and_no_address(world: World) -> None:
    before = keys_of_the_log()
    withdraw(world.anna)
    assert keys_of_the_log() == before
    assert all(key.startswith("objections/2026-11-23/") for key in before)
    client = boto3.client("s3")
    texts = [client.get_object(Bucket="xenia-test-raw-123456789012", Key=key)["Body"].read() for key in before]
    assert not any(b"@" in each for each in texts)
    noted = list(objections.noted_since(NOON.date(), LATER.date()))
    assert Undeliverable(digest("email", "bob@example.com"), EMAIL, "bounce", instant(LATER)) in noted

"""The IAM policies of the workers: no more than each needs, and nothing of another stage."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from chalicelib.aws import keys, keys_of_people
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import ConnectionId, Digest, KeyId, LinkId, SessionId, StaffId, StaffMailId
from infra.policies import policy
from infra.workers import WORKERS, Worker, queues, worker

STAGES = ("dev", "prod", "staging")
EVERY = [(each, stage) for stage in STAGES for each in WORKERS]
WITHOUT_RESOURCE = {"ses:GetAccount"}
"""Actions for which AWS knows no resource."""
COMMON = {
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
}
"""The table, the own log, and queues: which queues is asked below."""
BEYOND = {
    "api_handler": {
        "events:PutEvents",
        "kms:Decrypt",
        "kms:Encrypt",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "ses:GetAccount",
    },
    "ingest_notices": {
        "events:PutEvents",
        "kms:Decrypt",
        "s3:GetObject",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
    },
    "fetch_notices": {
        "events:PutEvents",
        "kms:Decrypt",
        "s3:GetObject",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
    },
    "award_points": {"events:PutEvents"},
    "plan_run": {"ses:GetAccount"},
    "send_chunk": {
        "secretsmanager:GetSecretValue",
        "ses:SendBulkEmail",
        "ses:SendBulkTemplatedEmail",
        "ses:SendEmail",
    },
    "record_mail_events": {"events:PutEvents", "s3:PutObject", "secretsmanager:GetSecretValue"},
    "run_job": {
        "events:PutEvents",
        "kms:Decrypt",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
    },
    "tick": {"ses:GetAccount"},
}
"""Written by hand, so that a right that is added is added twice. A new worker that needs no more is not listed."""

TABLES = {
    f"arn:aws:dynamodb:*:*:table/{name}{index}"
    for name in ("xenia-prod", "xenia-prod-restored-*")
    for index in ("", "/index/*")
}
SIGNING_IN = {
    keys.api_key("0a1b").pk,
    keys.api_key_listing(KeyId("k1")).pk,
    keys_of_people.staff(StaffId("st1")).pk,
    keys_of_people.staff_address(Digest("0a1b")).pk,
    keys_of_people.session(StaffId("st1"), SessionId("0a1b")).pk,
    keys_of_people.audit_of(StaffId("st1")),
    keys_of_people.link(LinkId("0a1b")).pk,
    keys_of_people.identity(Digest("0a1b")).pk,
    keys_of_people.PROVIDER.pk,
    keys_of_people.attempts("address", "0a1b", 7).pk,
}
OTHERS = {
    keys.PROPERTIES,
    keys.CONNECTIONS,
    keys.connection(ConnectionId("KEYS")).pk,
    keys.connection_reach(ConnectionId("KEY")).pk,
    keys.staff_mail(StaffMailId("s1")).pk,
}
"""Partitions of others, of names that somebody may choose."""


def statements(of: Worker, stage: str = "prod") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy(of, stage)["Statement"]
    return found


def actions(of: Worker) -> set[str]:
    return {action for statement in statements(of) for action in statement["Action"]}


def statement_with(action: str, of: Worker, stage: str = "prod") -> dict[str, Any]:
    allowed = [each for each in statements(of, stage) if each["Effect"] == "Allow"]
    (found,) = [each for each in allowed if action in each["Action"]]
    return found


@pytest.mark.parametrize("of", WORKERS, ids=lambda each: each.function)
def test_a_worker_may_do_what_is_listed_and_nothing_else(of: Worker) -> None:
    assert actions(of) - COMMON == BEYOND.get(of.function, set())


@pytest.mark.parametrize(("of", "stage"), EVERY)
def test_a_policy_names_its_resources_and_actions(of: Worker, stage: str) -> None:
    for statement in statements(of, stage):
        assert statement["Effect"] == ("Deny" if statement["Sid"] == "KeepOffKeys" else "Allow")
        assert not any("*" in action for action in statement["Action"])
        if not set(statement["Action"]) <= WITHOUT_RESOURCE:
            assert "*" not in statement["Resource"]


@pytest.mark.parametrize(("of", "stage"), EVERY)
def test_a_policy_reaches_into_its_own_stage_only(of: Worker, stage: str) -> None:
    text = json.dumps(policy(of, stage))
    assert f"xenia-{stage}" in text
    assert not any(f"xenia-{other}" in text for other in STAGES if other != stage)


@pytest.mark.parametrize("of", WORKERS, ids=lambda each: each.function)
def test_what_signs_in_is_read_and_written_where_people_sign_in_and_nowhere_else(of: Worker) -> None:
    """What a worker could be brought to do, it cannot give itself a key of the API, nor sign in as a person."""
    denied = [each for each in statements(of) if each["Effect"] == "Deny"]
    if of.function == "api_handler":
        assert denied == []
        return
    (keeps_off,) = denied
    assert keeps_off["Action"] == statement_with("dynamodb:PutItem", of)["Action"]
    assert set(keeps_off["Resource"]) == {each for each in TABLES if "/index/" not in each}
    (operator, (condition, *_)) = next((each, list(said)) for each, said in keeps_off["Condition"].items())
    assert (operator, condition) == ("ForAnyValue:StringLike", "dynamodb:LeadingKeys")
    patterns = keeps_off["Condition"][operator][condition]
    assert all(any(fnmatchcase(pk, each) for each in patterns) for pk in SIGNING_IN)
    assert not any(fnmatchcase(pk, each) for pk in OTHERS for each in patterns)


def test_a_worker_reads_its_own_queue_and_sends_to_the_declared_ones_and_its_dead_letters() -> None:
    planner = worker("plan_run")
    assert statement_with("sqs:ReceiveMessage", planner)["Resource"] == ["arn:aws:sqs:*:*:xenia-prod-plan"]
    assert statement_with("sqs:SendMessage", planner)["Resource"] == [
        "arn:aws:sqs:*:*:xenia-prod-send",
        "arn:aws:sqs:*:*:xenia-prod-plan-dlq",
    ]


def test_only_the_api_takes_dead_letters_and_it_may_send_each_back_to_its_queue() -> None:
    takers = {each.function for each in WORKERS for one in statements(each) if one["Sid"] == "SettleDeadLetters"}
    assert takers == {"api_handler"}
    api = worker("api_handler")
    letters = {f"arn:aws:sqs:*:*:xenia-prod-{name}-dlq" for name in queues()}
    assert set(statement_with("sqs:ReceiveMessage", api)["Resource"]) == letters
    assert set(statement_with("sqs:SendMessage", api)["Resource"]) == {each.removesuffix("-dlq") for each in letters}


def test_a_worker_writes_to_its_own_folders_of_the_archive_and_reads_from_its_own() -> None:
    ingest = worker("ingest_notices")
    assert statement_with("s3:PutObject", ingest)["Resource"] == ["arn:aws:s3:::xenia-prod-raw-*/raw/*"]
    assert statement_with("s3:GetObject", ingest)["Resource"] == ["arn:aws:s3:::xenia-prod-raw-*/large/*"]
    assert statement_with("s3:PutObject", worker("api_handler"))["Resource"] == [
        "arn:aws:s3:::xenia-prod-raw-*/large/*",
        "arn:aws:s3:::xenia-prod-raw-*/objections/*",
        "arn:aws:s3:::xenia-prod-raw-*/imports/*",
        "arn:aws:s3:::xenia-prod-raw-*/uploads/*",
    ]
    assert statement_with("s3:PutObject", worker("run_job"))["Resource"] == [
        "arn:aws:s3:::xenia-prod-raw-*/imports/*",
        "arn:aws:s3:::xenia-prod-raw-*/objections/*",
    ]


def test_uploads_alone_are_deleted_and_imports_alone_listed() -> None:
    assert statement_with("s3:DeleteObject", worker("run_job"))["Resource"] == [
        "arn:aws:s3:::xenia-prod-raw-*/uploads/*"
    ]
    listing = statement_with("s3:ListBucket", worker("api_handler"))
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "imports/*"}}


def test_only_the_sender_may_send_mail() -> None:
    senders = {each.function for each in WORKERS if "ses:SendBulkEmail" in actions(each)}
    assert senders == {"send_chunk"}


def test_a_bulk_mail_is_allowed_under_both_of_its_names_and_a_single_one_under_its_own() -> None:
    """The older API's action is asked for as well; no other way of sending is used."""
    mails = {action for action in actions(worker("send_chunk")) if action.startswith("ses:")}
    assert mails == {"ses:SendBulkEmail", "ses:SendBulkTemplatedEmail", "ses:SendEmail"}


def test_connection_secrets_are_opened_only_through_our_alias() -> None:
    for each, stage in EVERY:
        for statement in statements(each, stage):
            if any(action.startswith("kms:") for action in statement["Action"]):
                assert statement["Condition"] == {"StringEquals": {"kms:RequestAlias": f"alias/xenia-{stage}"}}


def test_a_worker_announces_only_the_facts_that_it_declares() -> None:
    statement = statement_with("events:PutEvents", worker("award_points"))
    assert statement["Resource"] == ["arn:aws:events:*:*:event-bus/xenia-prod-facts"]
    types = ["PointsAwarded", "PointsReversed"]
    assert statement["Condition"] == {"StringEqualsIfExists": {"events:detail-type": types}}


def test_every_fact_is_announced_by_a_worker() -> None:
    assert frozenset[FactType]().union(*(each.announces for each in WORKERS)) == set(FactType)

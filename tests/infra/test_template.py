"""The CloudFormation template: what each queue, function and kept resource must have."""

import json
from functools import cache
from typing import Any

import pytest

from app import app
from chalicelib.aws import clients, indexes
from chalicelib.aws.settings import Settings
from chalicelib.canonical.facts import FactType
from chalicelib.privacy.model import KEPT_FOR
from chalicelib.reactions import REACTIONS
from infra import template
from infra.chalice_files import API_STAGE, PROJECT
from infra.workers import API, WORKERS, Worker, function_name, queues

QUEUES = {name: template.logical_id(name) for name in queues()}
KEPT = ["Table", "RawNotices", "Identifiers", "Key", "KeyAlias"]


@cache
def resources() -> dict[str, Any]:
    """The resources of the template that is deployed, with its loops written out."""
    return expanded(template.text())


def expanded(text: str) -> dict[str, Any]:
    from ministack.services.cloudformation import engine, language_extensions  # large, and few tests read a template

    found: dict[str, Any] = language_extensions.apply(engine._parse_template(text), {})["Resources"]
    return found


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources()[name]["Properties"]
    return found


def of_type(kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in resources().items() if each["Type"] == kind}


def name_of(value: Any, **more: str) -> str:
    """A name as it will be in the stage dev."""
    text, given = (value, {}) if isinstance(value, str) else _sub(value["Fn::Sub"])
    for key, replacement in {"Stage": "dev", **given, **more}.items():
        text = text.replace(f"${{{key}}}", str(replacement))
    return str(text)


def _sub(argument: Any) -> tuple[str, dict[str, str]]:
    return (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])


def test_the_queues_are_those_that_functions_read() -> None:
    made = {name_of(queue["QueueName"]) for queue in of_type("AWS::SQS::Queue").values()}
    assert made == {f"xenia-dev-{name}{dead}" for name in queues() for dead in ("", "-dlq")}


def test_a_queue_hides_a_message_for_six_times_its_functions_timeout() -> None:
    slow = Worker("count_towels", timeout=45, memory=512, reads="linen-room")
    made = expanded(template.text([*WORKERS, slow]))
    assert int(made["LinenRoomQueue"]["Properties"]["VisibilityTimeout"]) == 270


def test_cloudformation_takes_the_template_directly() -> None:
    assert len(template.text().encode()) < 51_200


def test_what_is_written_by_hand_is_read_as_cloudformation_reads_it() -> None:
    """Against another reader of the short forms."""
    from ministack.services.cloudformation import engine

    made = template.document()
    theirs = engine._parse_template(template.TEMPLATE.read_text())
    for name in ("Queues", "Reactions", "Logs"):
        theirs["Resources"][f"Fn::ForEach::{name}"][1] = made["Resources"][f"Fn::ForEach::{name}"][1]
    theirs["Resources"]["Dashboard"]["Properties"]["DashboardBody"] = made["Resources"]["Dashboard"]["Properties"][
        "DashboardBody"
    ]
    theirs["Resources"] |= {name: each for name, each in made["Resources"].items() if name.endswith("Query")}
    assert made == {**theirs, "Mappings": made["Mappings"]}


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_gives_up_after_twelve_receives_and_keeps_its_dead_letters_longer(name: str) -> None:
    queue, dead = properties(f"{QUEUES[name]}Queue"), properties(f"{QUEUES[name]}DeadLetters")
    target = {"deadLetterTargetArn": {"Fn::GetAtt": [f"{QUEUES[name]}DeadLetters", "Arn"]}, "maxReceiveCount": 12}
    assert queue["RedrivePolicy"] == target
    assert (queue["MessageRetentionPeriod"], dead["MessageRetentionPeriod"]) == (4 * 86_400, 14 * 86_400)
    assert (name_of(queue["QueueName"]), name_of(dead["QueueName"])) == (f"xenia-dev-{name}", f"xenia-dev-{name}-dlq")


def test_every_queue_is_encrypted_by_sqs_itself() -> None:
    queues = of_type("AWS::SQS::Queue")
    assert len(queues) == 2 * len(QUEUES)
    assert all(queue["SqsManagedSseEnabled"] is True and "KmsMasterKeyId" not in queue for queue in queues.values())


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_has_an_alarm_for_dead_letters_and_one_for_age(name: str) -> None:
    dead, age = properties(f"{QUEUES[name]}DeadLettersAlarm"), properties(f"{QUEUES[name]}AgeAlarm")
    assert dead["Dimensions"][0]["Value"] == {"Fn::GetAtt": [f"{QUEUES[name]}DeadLetters", "QueueName"]}
    assert (dead["MetricName"], dead["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)
    assert age["Dimensions"][0]["Value"] == {"Fn::GetAtt": [f"{QUEUES[name]}Queue", "QueueName"]}
    assert age["MetricName"] == "ApproximateAgeOfOldestMessage"


def test_throttles_raise_an_alarm_and_every_alarm_tells_somebody() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")
    assert {"TableThrottledReadAlarm", "TableThrottledWriteAlarm", "FunctionsThrottledAlarm"} <= alarms.keys()
    assert all(alarm["AlarmActions"] == [{"Ref": "Alarms"}] for alarm in alarms.values())


def test_a_silent_connection_raises_an_alarm_by_a_figure_of_the_ticks_line() -> None:
    """Its metric is there in hours with a silent one alone: one that said 0 would be paid for all month."""
    counted, alarm = properties("SilentConnectionsFilter"), properties("SilentConnectionsAlarm")
    (metric,) = counted["MetricTransformations"]
    assert counted["LogGroupName"] == {"Ref": "TickLog"}
    assert counted["FilterPattern"] == "{ $.silent_connections > 0 }"
    assert (metric["MetricValue"], "DefaultValue" in metric) == ("$.silent_connections", False)
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["MetricNamespace"], metric["MetricName"])
    assert (alarm["Statistic"], alarm["Threshold"], alarm["TreatMissingData"]) == ("Maximum", 0, "notBreaching")
    assert alarm["OKActions"] == [{"Ref": "Alarms"}]
    rights = (PROJECT / "docs" / "deploy-rights.json").read_text()
    assert all(f'"logs:{act}MetricFilter' in rights for act in ("Put", "Delete", "Describe"))


def test_an_answer_with_5xx_for_want_of_lambdas_raises_an_alarm() -> None:
    """Lambda counts it for the function that answers HTTP, and API Gateway for the API by its title."""
    throttled, faults = properties("ApiThrottledAlarm"), properties("ApiFaultsAlarm")
    assert (throttled["Namespace"], throttled["MetricName"], throttled["Threshold"]) == ("AWS/Lambda", "Throttles", 0)
    (function,) = throttled["Dimensions"]
    assert name_of(function["Value"]) == function_name(API, "dev")
    assert (faults["Namespace"], faults["MetricName"]) == ("AWS/ApiGateway", "5XXError")
    named = {each["Name"]: each["Value"] for each in faults["Dimensions"]}
    assert named == {"ApiName": app.app_name, "Stage": API_STAGE}


def test_a_stage_pays_for_a_handful_of_metrics_of_its_own_at_most() -> None:
    """Each is 0.30 US dollars a month. Metric filters make such metrics; the functions' lines make none."""
    assert len(of_type("AWS::Logs::MetricFilter")) <= 5


def test_figures_are_read_by_saved_queries_over_the_functions_own_logs() -> None:
    saved = {name_of(each["Name"]): each for each in of_type("AWS::Logs::QueryDefinition").values()}
    assert saved.keys() == {"xenia-dev/work", "xenia-dev/faults", "xenia-dev/answers", "xenia-dev/refused"}
    assert saved["xenia-dev/refused"]["LogGroupNames"] == [{"Ref": "AccessLog"}]
    every = [{"Ref": f"{template.logical_id(each.function)}Log"} for each in WORKERS]
    assert all(each["Ref"] in of_type("AWS::Logs::LogGroup") for each in every)
    for name in ("work", "faults"):
        assert saved[f"xenia-dev/{name}"]["LogGroupNames"] == every
    assert saved["xenia-dev/answers"]["LogGroupNames"] == [{"Ref": f"{template.logical_id(API)}Log"}]


def test_the_dashboard_is_there_unless_it_is_not_wanted() -> None:
    assert resources()["Dashboard"]["Condition"] == "HasDashboard"
    made = template.document()
    assert made["Conditions"]["HasDashboard"] == {"Fn::Equals": [{"Ref": "ShowDashboard"}, "true"]}
    assert made["Parameters"]["ShowDashboard"]["Default"] == "true"


def test_what_must_not_be_lost_is_retained() -> None:
    for name in KEPT:
        assert resources()[name]["DeletionPolicy"] == resources()[name]["UpdateReplacePolicy"] == "Retain", name


def test_the_table_can_be_restored_forgets_by_itself_and_is_paid_by_use() -> None:
    table = properties("Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert [each["AttributeName"] for each in table["KeySchema"]] == ["pk", "sk"]


def test_the_indexes_are_those_that_the_hub_asks_and_the_tests_have(aws: Settings) -> None:
    made = clients.dynamodb().describe_table(TableName=aws.table)["Table"]
    declared = properties("Table")
    shapes = [
        {name: each[name] for name in ("IndexName", "KeySchema", "Projection")}
        for each in made["GlobalSecondaryIndexes"]
    ]
    assert declared["GlobalSecondaryIndexes"] == shapes
    assert {each["IndexName"] for each in shapes} == {each.name for each in indexes.INDEXES}
    named = [each["AttributeName"] for each in declared["AttributeDefinitions"]]
    assert named == [each["AttributeName"] for each in made["AttributeDefinitions"]]


def test_raw_notices_are_private_and_live_thirty_days() -> None:
    bucket = properties("RawNotices")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    expiry = {rule.get("Prefix"): rule.get("ExpirationInDays") for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert (expiry["raw/"], expiry["large/"]) == (30, 30)
    assert KEPT_FOR["raw_notices"].days == expiry["raw/"]
    assert KEPT_FOR["objections"].days == expiry["objections/"]


def test_one_stage_may_stand_in_two_regions() -> None:
    _, _, name = properties("RawNotices")["BucketName"]["Fn::If"]
    longest = name_of(name, Stage="s" * 16, **{"AWS::AccountId": "1" * 12, "AWS::Region": "ap-southeast-7"})
    assert longest == f"xenia-{'s' * 16}-raw-{'1' * 12}-ap-southeast-7"
    assert len(longest) <= 63
    assert "${AWS::Region}" in properties("Budget")["Budget"]["BudgetName"]["Fn::Sub"]


def test_the_bus_and_the_topic_may_send_only_by_our_own_rule_and_topic() -> None:
    sources = {
        "LoyaltyQueuePolicy": {"Fn::GetAtt": ["LoyaltyRule", "Arn"]},
        "MailEventsQueuePolicy": {"Ref": "MailEventsTopic"},
    }
    for name, source in sources.items():
        for statement in properties(name)["PolicyDocument"]["Statement"]:
            assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": source}}


def test_the_loyalty_rule_wakes_on_what_changes_points() -> None:
    rule = properties("LoyaltyRule")
    assert rule["EventPattern"]["source"] == ["xenia"]
    always = {"StayCompleted", "StayReopened", "GuestMerged", "GuestUnmerged", "GuestErased", "MemberNumberChanged"}
    assert set(rule["EventPattern"]["detail-type"]) == always


def test_a_queue_that_hears_facts_has_a_rule_for_these_and_lets_only_that_rule_in() -> None:
    made = expanded(template.text(reactions={"jobs": {FactType.NO_SHOW_RECORDED, FactType.GUEST_CHECKED_IN}}))
    assert [name for name, each in made.items() if each["Type"] == "AWS::Events::Rule"] == ["JobsRule"]
    rule = made["JobsRule"]["Properties"]
    assert name_of(rule["Name"]) == "xenia-dev-jobs"
    assert rule["EventBusName"] == {"Ref": "Facts"}
    assert rule["EventPattern"] == {"source": ["xenia"], "detail-type": ["GuestCheckedIn", "NoShowRecorded"]}
    queue, dead = {"Fn::GetAtt": ["JobsQueue", "Arn"]}, {"Fn::GetAtt": ["JobsDeadLetters", "Arn"]}
    assert rule["Targets"] == [{"Id": "jobs", "Arn": queue, "DeadLetterConfig": {"Arn": dead}}]
    policy = made["JobsQueuePolicy"]["Properties"]
    assert policy["Queues"] == [{"Fn::GetAtt": [name, "QueueUrl"]} for name in ("JobsQueue", "JobsDeadLetters")]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"] == [queue, dead]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["JobsRule", "Arn"]}}}


def test_the_rules_are_those_of_the_reactions() -> None:
    heard = {each["Targets"][0]["Id"]: set(each["EventPattern"]["detail-type"]) for each in rules()}
    assert heard == REACTIONS
    assert heard.keys() <= set(queues())


def test_what_a_queue_hears_is_announced_by_somebody() -> None:
    announced = frozenset[str]().union(*(each.announces for each in WORKERS))
    assert all(set(each["EventPattern"]["detail-type"]) <= announced for each in rules())


def rules() -> list[dict[str, Any]]:
    return list(of_type("AWS::Events::Rule").values())


def test_every_target_and_subscription_has_a_dead_letter_queue() -> None:
    targets = [target for rule in of_type("AWS::Events::Rule").values() for target in rule["Targets"]]
    assert targets
    assert all("DeadLetterConfig" in target for target in targets)
    queued = [each for each in of_type("AWS::SNS::Subscription").values() if each["Protocol"] == "sqs"]
    assert queued
    assert all("RedrivePolicy" in each for each in queued)


@pytest.mark.parametrize("name", ["MarketingMailEvents", "ServiceMailEvents"])
def test_ses_tells_every_event(name: str) -> None:
    told = set(properties(name)["EventDestination"]["MatchingEventTypes"])
    assert {"send", "reject", "bounce", "complaint", "delivery", "open", "click", "renderingFailure"} <= told


@pytest.mark.parametrize("kind", ["Marketing", "Service"])
def test_of_who_is_not_followed_ses_tells_all_but_opens_and_clicks(kind: str) -> None:
    """SES follows where it has to tell: without these two events links stay as they are."""
    tracked, untracked = (properties(f"{kind}{each}MailEvents") for each in ("", "Untracked"))
    told, less = (each["EventDestination"]["MatchingEventTypes"] for each in (tracked, untracked))
    assert set(told) - set(less) == {"open", "click"}
    assert untracked["EventDestination"]["SnsDestination"] == tracked["EventDestination"]["SnsDestination"]
    assert untracked["ConfigurationSetName"] == {"Ref": f"{kind}UntrackedMail"}
    assert name_of(properties(f"{kind}UntrackedMail")["Name"]) == f"xenia-dev-{kind.lower()}-untracked"


def test_every_function_has_a_log_with_an_end() -> None:
    logs = {name_of(each["LogGroupName"]) for each in of_type("AWS::Logs::LogGroup").values()}
    assert logs == {
        "/aws/apigateway/xenia-dev",
        *(f"/aws/lambda/{function_name(each.function, 'dev')}" for each in WORKERS),
    }
    assert all("RetentionInDays" in each for each in of_type("AWS::Logs::LogGroup").values())


def test_the_age_alarm_does_not_claim_to_see_what_is_retried() -> None:
    """SQS leaves a message that was received more than three times out of the age."""
    for name in QUEUES.values():
        assert "dead letters" in properties(f"{name}AgeAlarm")["AlarmDescription"]
        assert properties(f"{name}Queue")["RedrivePolicy"]["maxReceiveCount"] > 3


def charted(dashboard: Any) -> dict[tuple[str, str], set[str]]:
    """What a dashboard shows: the names by metric."""
    found: dict[tuple[str, str], set[str]] = {}
    for widget in json.loads(name_of(dashboard))["widgets"]:
        for metric in widget["properties"]["metrics"]:
            found.setdefault((metric[0], metric[1]), set()).add(metric[-1])
    return found


def test_the_dashboard_shows_every_queue_and_function_by_its_whole_name() -> None:
    queues = {name_of(queue["QueueName"]) for queue in of_type("AWS::SQS::Queue").values()}
    functions = {function_name(each.function, "dev") for each in WORKERS}
    shown = charted(properties("Dashboard")["DashboardBody"])
    assert shown["AWS/SQS", "ApproximateNumberOfMessagesVisible"] == queues
    assert shown["AWS/SQS", "ApproximateAgeOfOldestMessage"] == {each for each in queues if "-dlq" not in each}
    for metric in ("Errors", "Duration", "Throttles"):
        assert shown["AWS/Lambda", metric] == functions
    assert "SEARCH" not in str(properties("Dashboard"))


def test_the_budget_needs_somebody_to_tell() -> None:
    assert resources()["Budget"]["Condition"] == "HasNotificationEmail"

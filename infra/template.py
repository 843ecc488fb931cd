"""The CloudFormation template as it is deployed: template.yaml, with what follows from workers and reactions.

`python -m infra.template` prints it.
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chalicelib.canonical.facts import FactType
from chalicelib.reactions import REACTIONS
from infra import dashboard, queries
from infra.workers import WORKERS, Worker, function_name, readers

TEMPLATE = Path(__file__).parent / "template.yaml"
WITHOUT_PREFIX = {"Ref", "Condition"}

Json = dict[str, Any]
Reactions = Mapping[str, AbstractSet[FactType]]


def text(workers: Sequence[Worker] = WORKERS, reactions: Reactions = REACTIONS) -> str:
    """The template as CloudFormation takes it."""
    return json.dumps(document(workers, reactions), separators=(",", ":"))


def document(workers: Sequence[Worker] = WORKERS, reactions: Reactions = REACTIONS) -> Json:
    """Names, visibility, loops, saved queries and dashboard come from the workers, bus rules from the reactions, all
    else from template.yaml."""
    found = _written_by_hand()
    queues = {logical_id(each.reads): _queue(each, reactions) for each in readers(workers)}
    functions = {logical_id(each.function): {"Suffix": _suffix(each)} for each in workers}
    found["Mappings"] = {"Queues": queues, "Functions": functions}
    resources = found["Resources"]
    resources["Fn::ForEach::Queues"][1] = list(queues)
    resources["Fn::ForEach::Reactions"][1] = [logical_id(name) for name in reactions]
    resources["Fn::ForEach::Logs"][1] = list(functions)
    resources |= queries.resources(workers, {each.function: f"{logical_id(each.function)}Log" for each in workers})
    table = {"Table": found["Outputs"]["TableName"]["Value"]}
    resources["Dashboard"]["Properties"]["DashboardBody"] = {"Fn::Sub": [dashboard.body(workers), table]}
    return found


@cache
def stage_pattern() -> str:
    """What the name of a stage must match."""
    return str(_written_by_hand()["Parameters"]["Stage"]["AllowedPattern"])


def logical_id(name: str) -> str:
    """`mail-events` is MailEvents, `plan_run` is PlanRun."""
    return "".join(word.capitalize() for word in name.replace("-", "_").split("_"))


def _queue(reader: Worker, reactions: Reactions) -> Json:
    heard = {"Hears": sorted(reactions[reader.reads])} if reader.reads in reactions else {}
    return {"Name": reader.reads, "VisibilitySeconds": reader.visibility, **heard}


def _suffix(worker: Worker) -> str:
    return function_name(worker.function, "").removeprefix("xenia-")


def _written_by_hand() -> Json:
    """One of its own for each who asks, to go on writing in."""
    found: Json = json.loads(_as_json())
    return found


@cache
def _as_json() -> str:
    """YAML takes a hundred times as long to read."""
    return json.dumps(yaml.load(TEMPLATE.read_text(), Loader=_Loader))  # noqa: S506 (a safe loader, with our tags)


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (`!Ref`, `!Sub`), too."""


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> Json:
    value: Any
    match node:
        case yaml.ScalarNode():
            value = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in WITHOUT_PREFIX else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _long_form)

if __name__ == "__main__":
    print(text())

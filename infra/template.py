"""The CloudFormation template as it is deployed: template.yaml, with what follows from the declared workers written in.

`python -m infra.template` prints it.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra import dashboard
from infra.workers import WORKERS, Worker, function_name, readers

TEMPLATE = Path(__file__).parent / "template.yaml"
LARGEST = 51_200
"""Bytes of a template that CloudFormation takes directly."""
WITHOUT_PREFIX = {"Ref", "Condition"}

Json = dict[str, Any]


def text(workers: Sequence[Worker] = WORKERS) -> str:
    """The template as CloudFormation takes it."""
    return json.dumps(document(workers), separators=(",", ":"))


def document(workers: Sequence[Worker] = WORKERS) -> Json:
    """Names, visibility, loops and dashboard come from the workers, all else from template.yaml."""
    found = _written_by_hand()
    found["Mappings"] = {
        "Queues": {
            logical_id(each.reads): {"Name": each.reads, "VisibilitySeconds": each.visibility}
            for each in readers(workers)
        },
        "Functions": {logical_id(each.function): {"Suffix": _suffix(each)} for each in workers},
    }
    resources = found["Resources"]
    resources["Fn::ForEach::Queues"][1] = list(found["Mappings"]["Queues"])
    resources["Fn::ForEach::Logs"][1] = list(found["Mappings"]["Functions"])
    resources["Dashboard"]["Properties"]["DashboardBody"] = {"Fn::Sub": dashboard.body(workers)}
    return found


@cache
def stage_pattern() -> str:
    """What the name of a stage must match."""
    return str(_written_by_hand()["Parameters"]["Stage"]["AllowedPattern"])


def logical_id(name: str) -> str:
    """`mail-events` is MailEvents, `plan_run` is PlanRun."""
    return "".join(word.capitalize() for word in name.replace("-", "_").split("_"))


def _suffix(worker: Worker) -> str:
    return function_name(worker.function, "").removeprefix("xenia-")


def _written_by_hand() -> Json:
    found: Json = yaml.load(TEMPLATE.read_text(), Loader=_Loader)  # noqa: S506 (a safe loader, with our tags)
    return found


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

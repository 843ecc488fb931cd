"""What Chalice reads of a stage, written from the declared workers: its part of .chalice/config.json, and its policies.

What a person wrote into config.json stays: a domain and its certificate, an architecture, a memory, or anything else
that Chalice knows. The policy files are not for editing, and not kept in git.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.aws.settings import RESTORED_TABLE
from infra import policies, template
from infra.errors import Refused
from infra.workers import WORKERS, Worker

PROJECT = Path(__file__).parent.parent
CHALICE = PROJECT / ".chalice"
API_STAGE = "api"

Json = dict[str, Any]


class StageUnknown(Refused):
    """No such stage in .chalice/config.json; the message says which there are."""


class StageMisnamed(Refused):
    """A name that no stage can have; the message says which it can."""


class TimeoutChanged(Refused):
    """A stage sets a timeout of its own, while the queues' visibility follows from the declared one."""


def config_of(stage: str, chalice: Path) -> Json:
    """What config.json says of a stage. Raises StageUnknown: a slip would make a second set of everything."""
    stages: Json = _read(chalice)["stages"]
    if stage not in stages:
        raise StageUnknown(
            f"the stage {stage!r} is none of {', '.join(stages)}, which .chalice/config.json knows; "
            f"`hub infra deploy --stage {stage}` makes a new one"
        )
    found: Json = stages[stage]
    return found


def merged(stage: str, chalice: Path) -> Json:
    """What holds for a stage, its own part before that of all stages; a stage need not be known yet."""
    config = _read(chalice)
    own: Json = config["stages"].get(stage, {})
    return {**config, **own}


def domain_of(stage: str, chalice: Path) -> str | None:
    """The stage's custom domain, as config.json has it."""
    named: Json = merged(stage, chalice).get("api_gateway_custom_domain", {})
    return named.get("domain_name")


def is_known(stage: str, chalice: Path) -> bool:
    return stage in _read(chalice)["stages"]


def refuse_misnamed(stage: str) -> None:
    """Raises StageMisnamed."""
    pattern = template.stage_pattern()
    if not re.fullmatch(pattern, stage):
        raise StageMisnamed(f"the stage {stage!r} does not match {pattern}")


def architecture(stage: str, chalice: Path) -> str:
    """The processor that a stage's functions run on, as Chalice finds it."""
    found: str = {"lambda_architecture": "x86_64", **_read(chalice), **config_of(stage, chalice)}["lambda_architecture"]
    return found


def name_table(stage: str, chalice: Path, restored: str) -> None:
    """Write which restored table a stage uses, so that the next deployment goes on with it; "" is its first one."""
    config = _read(chalice)
    before = config_of(stage, chalice)
    variables = {**before.get("environment_variables", {}), **({RESTORED_TABLE: restored} if restored else {})}
    if not restored:
        variables.pop(RESTORED_TABLE, None)
    config["stages"][stage] = {**before, "environment_variables": variables}
    _replace(chalice / "config.json", config)


def write(stage: str, chalice: Path, workers: Sequence[Worker] = WORKERS) -> None:
    """Write a stage's part of config.json and its policy files into a folder that has a config.json.

    Policies first: config.json never names a file that is not there. Raises StageMisnamed, TimeoutChanged.
    """
    config = with_stage(_read(chalice), stage, workers)
    written = {policy_file(each, stage): policies.policy(each, stage) for each in workers}
    for name, policy in written.items():
        _replace(chalice / name, policy)
    _replace(chalice / "config.json", config)
    for left_over in {each.name for each in chalice.glob(f"policy-*-{stage}.json")} - written.keys():
        (chalice / left_over).unlink()


def with_stage(config: Json, stage: str, workers: Sequence[Worker] = WORKERS) -> Json:
    """A configuration with all that Chalice needs to deploy a stage. Raises StageMisnamed, TimeoutChanged."""
    refuse_misnamed(stage)
    before: Json = config["stages"].get(stage, {})
    _refuse_own_timeouts(before, stage)
    sizes = config.get("lambda_functions", {})
    return {
        **config,
        "lambda_functions": {each.function: _size(each, sizes.get(each.function, {})) for each in workers},
        "stages": {**config["stages"], stage: _stage(before, stage, workers)},
    }


def policy_file(worker: Worker, stage: str) -> str:
    return f"policy-{worker.function}-{stage}.json"


def _size(worker: Worker, before: Mapping[str, Any]) -> Json:
    """`declared_memory_size`, which Chalice passes over, tells a person's number from one that was written here."""
    written, memory = before.get("declared_memory_size"), before.get("lambda_memory_size")
    return {
        **before,
        "lambda_timeout": worker.timeout,
        "lambda_memory_size": worker.memory if memory in {None, written} else memory,
        "declared_memory_size": worker.memory,
    }


def _stage(before: Json, stage: str, workers: Sequence[Worker]) -> Json:
    functions = before.get("lambda_functions", {})
    named = {each.function: {"iam_policy_file": policy_file(each, stage)} for each in workers}
    return {
        "api_gateway_stage": API_STAGE,
        **before,
        "environment_variables": {**before.get("environment_variables", {}), "XENIA_STAGE": stage},
        "lambda_functions": {name: {**functions.get(name, {}), **file} for name, file in named.items()},
    }


def _refuse_own_timeouts(before: Json, stage: str) -> None:
    functions = before.get("lambda_functions", {})
    if "lambda_timeout" in before or any("lambda_timeout" in each for each in functions.values()):
        raise TimeoutChanged(
            f"stage {stage} in .chalice/config.json has a lambda_timeout: change it in infra/workers.py instead, "
            "so that the queue hides messages for long enough"
        )


def _read(chalice: Path) -> Json:
    found: Json = json.loads((chalice / "config.json").read_text())
    return found


def _replace(file: Path, content: Json) -> None:
    """Whole or not at all: config.json holds what a person wrote."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(json.dumps(content, indent=2) + "\n")
    beside.replace(file)

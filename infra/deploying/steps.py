"""All of a deployment in its order; each step may be repeated, and goes on from what stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra import chalice_files, deploy, finishing, package, stacks, stages
from infra.deploying import chalice, records, settling
from infra.stacks import Tell


@dataclass(frozen=True)
class Wanted:
    """`parameters` are those of the infrastructure's template; None and what is left out stay as they are."""

    stage: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    public_url: str | None = None
    sender: str | None = None
    postal_address: str | None = None


@dataclass(frozen=True)
class Deployed:
    public_url: str
    queues: int
    surplus_apis: tuple[str, ...]


def deploy_all(wanted: Wanted, tell: Tell) -> Deployed:
    """Infrastructure, record, zips, `chalice deploy`, and what Chalice cannot set.

    Raises StackFailed, DeploymentStopped, PackagingFailed, PublicUrlUnknown.
    """
    stage = wanted.stage
    tell("infrastructure")
    infrastructure(stage, wanted.parameters, tell)
    tell("what stands of the application")
    settling.settle(stage, tell)
    rebuilt = records.rebuild(stage, chalice_files.CHALICE)
    tell("packaging")
    package.ready(stage)
    tell("application")
    chalice.deploy(stage, chalice_files.CHALICE.parent, tell)
    records.keep(stage, chalice_files.CHALICE)
    tell("what Chalice cannot set")
    url = (wanted.public_url or deploy.public_url(stage)).rstrip("/")
    done = finishing.finish(stage, public_url=url, sender=wanted.sender, postal_address=wanted.postal_address)
    return Deployed(url, done.queues, rebuilt.surplus_apis)


def infrastructure(stage: str, parameters: Mapping[str, str], tell: Tell) -> dict[str, str]:
    """What Chalice does not create, and what Chalice reads of the stage; return the stack's outputs."""
    chalice_files.write(stage, chalice_files.CHALICE)
    outputs = deploy.infra(stage, parameters, tell)
    chalice_files.name_table(stage, chalice_files.CHALICE, stages.restored_table(stage))
    return outputs


def note_what_stands(stage: str) -> None:
    """The record for a `chalice deploy` by hand, unless a pipeline deploys the stage as one stack."""
    if not stacks.stands(f"xenia-{stage}"):
        records.rebuild(stage, chalice_files.CHALICE)

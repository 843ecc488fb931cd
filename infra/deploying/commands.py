"""`hub deploy` and `hub infra record`."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.markup import escape

from infra import chalice_files
from infra.deploying import checks, records, steps, verdicts
from infra.deploying.checks import Asked
from infra.deploying.steps import Deployed, Wanted
from infra.deploying.verdicts import Finding, Grade
from infra.queue_urls import NAMES
from infra.terminal import AsJson, agree_to_a_new, say, telling, words

DeployedStage = Annotated[str, typer.Option("--stage", help="dev, prod, ...")]
MARKS = {Grade.FINE: "[green]ok[/]", Grade.WARNING: "[yellow]mind[/]", Grade.STOP: "[red]stop[/]"}


def deploy(
    stage: DeployedStage,
    notification_email: Annotated[str | None, typer.Option(help="Gets alarms and the budget's warnings.")] = None,
    monthly_budget: Annotated[int | None, typer.Option(help="US dollars a month; at first 50.")] = None,
    tracking_domain: Annotated[str | None, typer.Option(help="Our own domain for opens and clicks.")] = None,
    dashboard: Annotated[bool | None, typer.Option(help="3 US dollars a month; at first there is one.")] = None,
    public_url: Annotated[
        str | None, typer.Option(help="Where the hub is reached; found by itself if left out.")
    ] = None,
    sender: Annotated[str | None, typer.Option(help="The From address of all mail.")] = None,
    postal_address: Annotated[str | None, typer.Option(help="Stands at the foot of marketing mail.")] = None,
    check_only: Annotated[bool, typer.Option("--check", help="Only look whether a deployment can succeed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Deploy a stage, or go on with a deployment that broke off: from any machine, as often as need be.

    Looks first whether it can succeed; then the infrastructure, `chalice deploy`, and what Chalice cannot set.
    Options that are left out stay as they were deployed.
    """
    agree_to_a_new(stage)
    findings = _checked(Asked(stage, chalice_files.CHALICE, sender), as_json=as_json)
    if check_only or verdicts.stops(findings):
        _end(findings, None, as_json=as_json)
    parameters = infrastructure_parameters(notification_email, monthly_budget, tracking_domain, dashboard)
    with telling("deploying", keep_lines=not as_json) as tell:
        done = steps.deploy_all(Wanted(stage, parameters, public_url, sender, postal_address), tell)
    _end(findings, done, as_json=as_json)


def record(stage: DeployedStage, as_json: AsJson = False) -> None:
    """Write what stands of a stage where `chalice deploy` looks for it: .chalice/deployed/, and the stage's bucket.

    Before a plain `chalice deploy` on a machine that did not deploy last, or after one that broke off.
    """
    with telling("looking at what stands"):
        rebuilt = records.rebuild(stage, chalice_files.CHALICE)
    say({"resources": rebuilt.resources, "surplus_apis": list(rebuilt.surplus_apis)}, as_json=as_json)
    _tell_surplus(rebuilt.surplus_apis)


def infrastructure_parameters(
    email: str | None, budget: int | None, tracking_domain: str | None, dashboard: bool | None
) -> dict[str, str]:
    """As the template names them, without those that were not said."""
    options = {
        "NotificationEmail": email,
        "MonthlyBudget": budget,
        "TrackingDomain": tracking_domain,
        "ShowDashboard": None if dashboard is None else json.dumps(dashboard),
    }
    return {name: str(value) for name, value in options.items() if value is not None}


def _checked(asked: Asked, *, as_json: bool) -> list[Finding]:
    with telling("checking the account"):
        findings = checks.run(asked)
    for each in () if as_json else findings:
        words.print(f"{MARKS[each.grade]:>4} [bold]{each.about}[/]: {escape(each.said)}", soft_wrap=True)
    return findings


def _end(findings: Sequence[Finding], done: Deployed | None, *, as_json: bool) -> None:
    """Say what is now the case; with an exit code that is not 0 where the stage is not wholly deployed."""
    if as_json:
        typer.echo(json.dumps(_for_machines(findings, done)))
    elif done:
        say({"public_url": done.public_url, "queues": done.queues}, as_json=False)
    elif verdicts.stops(findings):
        words.print("[red]nothing was changed:[/] put right what is marked with stop, and run the command again")
    if done:
        _tell_surplus(done.surplus_apis)
    if done is None or done.queues < len(NAMES):
        raise typer.Exit(1 if done or verdicts.stops(findings) else 0)


def _for_machines(findings: Sequence[Finding], done: Deployed | None) -> dict[str, Any]:
    return {
        "checks": [{"about": each.about, "grade": str(each.grade), "said": each.said} for each in findings],
        "deployed": done is not None,
        "public_url": done.public_url if done else None,
        "queues": done.queues if done else 0,
        "surplus_apis": list(done.surplus_apis) if done else [],
    }


def _tell_surplus(apis: Sequence[str]) -> None:
    for each in apis:
        words.print(
            f"[yellow]the API {each} calls this stage's function, too, and was left alone: "
            f"when nobody uses its address, run `aws apigateway delete-rest-api --rest-api-id {each}`[/]",
            soft_wrap=True,
        )

"""`hub settings`: show what is set for the whole deployment, and change it."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from chalicelib.settings.model import HubSettings
from infra import hub_settings
from infra.errors import Refused
from infra.terminal import AsJson, Stage, say, stage_of

settings = typer.Typer(no_args_is_help=True, help="What is set for the whole deployment.")


@settings.command("show")
def show(stage: Stage = "", as_json: AsJson = False) -> None:
    """Show all settings, those that were never set at their defaults."""
    _say(hub_settings.shown(stage_of(stage)), as_json=as_json)


@settings.command("set")
def set_(
    stage: Stage = "",
    cap_mails: Annotated[
        int | None, typer.Option(help="Marketing mails that a guest gets at most; 0: not one.")
    ] = None,
    cap_days: Annotated[int | None, typer.Option(help="The days in which the cap counts.")] = None,
    mails_singly: Annotated[
        bool | None,
        typer.Option("--mails-singly/--mails-in-bulk", help="A lost answer leaves one mail unknown, not 50."),
    ] = None,
    sharing: Annotated[
        bool | None, typer.Option("--sharing/--no-sharing", help="Show hotels what the others know. No effect yet.")
    ] = None,
    retention_months: Annotated[
        str | None, typer.Option(help="Months that a guest is kept after the last stay or word; '' for ever.")
    ] = None,
    retention_erases: Annotated[
        bool | None,
        typer.Option("--retention-erases/--no-retention-erases", help="Erase each Monday who was kept longer."),
    ] = None,
    brand: Annotated[
        str | None, typer.Option(help="The options below are this brand's instead of the group's.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The brand's name.")] = None,
    sender: Annotated[str | None, typer.Option(help="The From address, such as 'Hotel <news@hotel.example>'.")] = None,
    reply_to: Annotated[str | None, typer.Option(help="Where answers go.")] = None,
    postal_address: Annotated[str | None, typer.Option(help="Stands at the foot of marketing mail.")] = None,
    logo_url: Annotated[str | None, typer.Option(help="https://…")] = None,
    tracking_domain: Annotated[str | None, typer.Option(help="For opens and clicks. No effect yet.")] = None,
    booking_url: Annotated[str | None, typer.Option(help="https://…")] = None,
    legal_entity: Annotated[str | None, typer.Option(help="Id of the company that answers for the data.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named and leave the rest; an empty text takes a value back."""
    if name is not None and brand is None:
        raise Refused("--name is a brand's: say --brand")
    values = {
        "cap_mails": cap_mails,
        "cap_days": cap_days,
        "mails_singly": mails_singly,
        "sharing": sharing,
        "retention_months": retention_months,
        "retention_erases": retention_erases,
    }
    branding = {
        "name": name,
        "sender": sender,
        "reply_to": reply_to,
        "postal_address": postal_address,
        "logo_url": logo_url,
        "tracking_domain": tracking_domain,
        "booking_url": booking_url,
        "legal_entity": legal_entity,
    }
    _say(hub_settings.change(stage_of(stage), values, branding, brand), as_json=as_json)


@settings.command("remove-brand")
def remove_brand(brand: str, stage: Stage = "", as_json: AsJson = False) -> None:
    """Take a brand away that no property names any more."""
    _say(hub_settings.remove_brand(stage_of(stage), brand), as_json=as_json)


def _say(kept: HubSettings, *, as_json: bool) -> None:
    told = kept.model_dump(mode="json")
    say(told if as_json else _flat(told), as_json=as_json)


def _flat(told: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """`{"group": {"sender": "x"}}` as `{"group.sender": "x"}`."""
    flat: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[before + name] = value
    return flat

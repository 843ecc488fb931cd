"""The demo's result: as JSON for machines, as a table for a hotelier."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.demo.compare import Comparison
from infra.demo.drain import Told

INGESTING = ("fetch_notices", "ingest_notices", "award_points")


def result(
    pushed: dict[str, Any],
    truth: dict[str, Any],
    compared: Comparison,
    decisions: Counter[str],
    told: Told,
    dead_letters: int,
    seconds: float,
) -> dict[str, Any]:
    """Everything that is shown, and whether the hub agrees with the truth in all of it."""
    differences = list(compared.differences)
    differences += [f"{dead_letters} dead letters"] if dead_letters else []
    ignored = told.counted["duplicate"] + told.counted["stale"]
    if pushed["duplicate_webhooks"] and not ignored:
        differences.append(f"{pushed['duplicate_webhooks']} webhooks came twice, and none was seen to be a duplicate")
    units = sum(told.write_units[name] for name in INGESTING)
    return {
        "agrees_with_truth": not differences,
        "differences": differences,
        "reservations": compared.reservations,
        "webhooks": pushed["webhooks"],
        "events": pushed["events"],
        "repeated_webhooks": pushed["duplicate_webhooks"],
        "duplicates_ignored": ignored,
        "changes_stored": told.counted["stored"],
        "guests": compared.guests,
        "records": compared.records,
        "merged_spellings": compared.merged_records,
        "persons": truth["persons"],
        "distance": truth["distance"],
        "stays": compared.stays,
        "nights": compared.nights,
        "room_revenue_minor": dict(compared.room_revenue),
        "points": compared.points,
        "mails_sent": decisions["sent"],
        "mails_held": {reason: count for reason, count in sorted(decisions.items()) if reason != "sent"},
        "dead_letters": dead_letters,
        "retried": sum(told.failed.values()),
        "write_units": dict(told.write_units),
        "write_units_per_webhook": round(units / max(1, pushed["webhooks"]), 2),
        "write_units_per_change": round(units / max(1, told.counted["stored"]), 2),
        "seconds": round(seconds, 1),
    }


def print_compared(title: str, lines: Sequence[tuple[str, str]], differences: Sequence[str], console: Console) -> None:
    """A table of what happened, and below it where that is not the truth."""
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for name, value in lines:
        table.add_row(name, value)
    console.print(table)
    for difference in differences:
        console.print(f"[red]differs[/red]  {escape(difference)}", soft_wrap=True)


def show(result: dict[str, Any], console: Console) -> None:
    """Print the table, and every difference."""
    print_compared("A season through the hub", _lines(result), result["differences"], console)
    agrees = result["agrees_with_truth"]
    console.print("[green]The hub agrees with the truth.[/green]" if agrees else "[red]The hub does not agree.[/red]")


def show_left(left: dict[str, Any], console: Console) -> None:
    """Where the hub is that goes on running, with a first look at it."""
    lines = [(name, left[name]) for name in ("api_url", "admin_key", "pms_url", "mailbox_url")]
    print_compared("The hub runs on; `make down` ends it", lines, (), console)
    look = f"curl -H 'Authorization: Bearer {left['admin_key']}' '{left['api_url']}/v1/properties'"
    console.print(escape(look), soft_wrap=True, highlight=False)


def _lines(result: dict[str, Any]) -> list[tuple[str, str]]:
    money = ", ".join(
        f"{amount / 100:,.2f} {currency}" for currency, amount in sorted(result["room_revenue_minor"].items())
    )
    held = [(f"  held: {reason.replace('_', ' ')}", f"{count:,}") for reason, count in result["mails_held"].items()]
    missed = result["distance"]
    return [
        ("Reservations", f"{result['reservations']:,}"),
        ("Webhooks (events in them)", f"{result['webhooks']:,} ({result['events']:,})"),
        ("Duplicates ignored", f"{result['duplicates_ignored']:,}"),
        ("Guests", f"{result['guests']:,}"),
        ("Second records merged into them", f"{result['merged_spellings']:,}"),
        ("Persons there really were", f"{result['persons']:,}"),
        ("  guests that only a person could have joined", f"{missed['joins_missed']:,}"),
        ("  guests that should not have been joined", f"{missed['joins_too_many']:,}"),
        ("Stays", f"{result['stays']:,}"),
        ("Nights", f"{result['nights']:,}"),
        ("Room revenue, net", money or "0.00"),
        ("Points", f"{result['points']:,}"),
        ("Mails sent", f"{result['mails_sent']:,}"),
        *held,
        ("Dead letters", f"{result['dead_letters']:,}"),
        ("Write units per webhook", f"{result['write_units_per_webhook']:.1f}"),
        ("Write units per change", f"{result['write_units_per_change']:.1f}"),
        ("Seconds, first webhook to empty queues", f"{result['seconds']:.0f}"),
    ]

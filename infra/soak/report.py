"""What a soak came to: as JSON for machines, as a table for people."""

from collections import Counter
from typing import Any

from rich.console import Console

from infra.demo import season
from infra.demo.report import print_compared
from infra.soak.checks import why_unknown
from infra.soak.soaking import Happened, Soak
from infra.soak.webhooks import Kind

Json = dict[str, Any]


def result(soak: Soak, happened: Happened, differences: list[str], seconds: float) -> Json:
    compared, pushed, decided = happened.compared[season.PROGRAM], happened.pushed, dict(happened.decided)
    books, codes = soak.carrier.books, Counter(decided.values())
    died = Counter(each.function for each in happened.died)
    return {
        "stood_it": not differences,
        "differences": differences,
        "seed": soak.seed,
        "webhooks": pushed.count + happened.season["webhooks"],
        "of_the_season": happened.season["webhooks"],
        "pushed_again": pushed.repeated + happened.season["duplicate_webhooks"],
        "accepted": pushed.accepted[Kind.GOOD] + happened.season["webhooks"],
        "refused": pushed.by_kind[Kind.REFUSED],
        "unreadable": pushed.accepted[Kind.UNREADABLE],
        "answered_badly_and_repeated": {**pushed.again, "of_the_season": happened.season["failures"]},
        "kills": dict(sorted(died.items())),
        "killed_at": [f"{each.function} {each.moment} call {each.at} ({each.operation})" for each in happened.died],
        "guests": compared.guests,
        "records": compared.records,
        "reservations": compared.reservations,
        "stays": compared.stays,
        "points": compared.points,
        "duplicates_ignored": happened.told.counted["duplicate"] + happened.told.counted["stale"],
        "changes_stored": happened.told.counted["stored"],
        "retried": sum(happened.told.failed.values()),
        "dead_letters": sum(len(each) for each in happened.dead_letters.values()),
        "candidates": len(decided),
        "decisions": dict(sorted(codes.items())),
        "counts_of_the_run": happened.counts,
        "accepted_by_ses": len(books.accepted),
        "ses": dict(books.met),
        "unknown_because": why_unknown(decided, happened.carried),
        "pauses": happened.watched.pauses,
        "seconds": {name: round(each, 1) for name, each in {**happened.seconds, "all": seconds}.items()},
    }


def show(told: Json, console: Console) -> None:
    """Print the table, and every difference."""
    print_compared(f"A soak (seed {told['seed']})", _lines(told), told["differences"], console)
    good = "[green]Nothing lost, nothing twice, nobody unknown who was not.[/green]"
    console.print(good if told["stood_it"] else "[red]The hub did not stand it.[/red]")


def _lines(told: Json) -> list[tuple[str, str]]:
    numbers = (
        ("Webhooks", "webhooks"), ("  accepted", "accepted"), ("  of them again", "pushed_again"),
        ("  refused", "refused"), ("  not readable", "unreadable"), ("Dead letters", "dead_letters"),
        ("Guests", "guests"), ("Stays", "stays"), ("Points", "points"), ("Duplicates ignored", "duplicates_ignored"),
        ("Candidates of the campaign", "candidates"), ("Mails that SES accepted", "accepted_by_ses"),
    )  # fmt: skip
    return [
        *((title, f"{told[name]:,}") for title, name in numbers),
        *((f"  {code.replace('_', ' ')}", f"{count:,}") for code, count in told["decisions"].items()),
        ("  unknown because", ", ".join(f"{why.replace('_', ' ')} {n}" for why, n in told["unknown_because"].items())),
        ("Calls to SES", ", ".join(f"{fate.replace('_', ' ')} {count}" for fate, count in told["ses"].items())),
        ("Pauses", ", ".join(told["pauses"])),
        ("Killed", ", ".join(f"{worker} {count}" for worker, count in told["kills"].items())),
        ("Seconds", ", ".join(f"{name} {each:.0f}" for name, each in told["seconds"].items())),
    ]

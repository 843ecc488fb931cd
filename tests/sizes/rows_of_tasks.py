"""What people write about what is to be done before guests arrive."""

from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import Leaf, TaskId, leaf_of_profile
from chalicelib.canonical.preferences import OFFERED
from chalicelib.canonical.time import Instant
from chalicelib.guests import task_store
from chalicelib.guests.desk import Line
from chalicelib.guests.tasks import MOST_DAYS_BEFORE, MOST_LETTERS, MOST_MADE, NO_TASKS, Made, Outcome, Wish, id_of
from tests.builders import stay
from tests.ids import PMS
from tests.sizes.inputs import ID, SIX, Largest, Rows, filled

LEAF: Leaf = leaf_of_profile(PMS, "g")
AT = Instant("2026-01-01T00:00:00.000000Z")
LINE = Line(LEAF, stay(f"r{'0' * 24}", property_id=ID, arrival="2026-02-01", departure="2026-02-03"), "")


def tasks(signs: str) -> Item:
    """As many as may be, none of them possible, and each wish that there is beside them."""
    kept, by = NO_TASKS, f"key {'k' * 64}"
    for at in range(MOST_MADE):
        kept = kept.having(
            Made(
                id=TaskId(f"t{at:024}"), department="food_and_beverage", text=filled(signs, MOST_LETTERS, at),
                days_before=MOST_DAYS_BEFORE, author=by, at=AT, leaf=LEAF,
            )
        )  # fmt: skip
    wishes = [id_of(Wish(kind, value)) for kind, values in OFFERED.items() for value in values if kind != "language"]
    for at, task in enumerate((*(each.id for each in kept.made), *wishes)):
        why = filled(signs, MOST_LETTERS, at)
        kept = kept.settled(task, Outcome(state="not_possible", why=why, by=by, at=AT, leaf=LEAF))
    return task_store.row(LINE, kept, 10**6)


def tasked(_: str) -> Item:
    return task_store.tasked_row(LEAF, LINE)


ROWS: Rows = {"tasks": Largest(tasks, 110_000, SIX), "tasked": Largest(tasked, 110)}

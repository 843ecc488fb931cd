"""What is to be done before a guest arrives: what people wrote down, and what follows from what the guest prefers.
Pure.

What follows from a preference is computed whenever somebody looks, and only what became of it is kept: another
preference is another task, and a reservation that is cancelled has none. When a task is due follows from the arrival,
so that it moves along with the reservation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple, Self, get_args

from pydantic import Field

from chalicelib.canonical.ids import Leaf, TaskId
from chalicelib.canonical.preferences import OFFERED, Kind
from chalicelib.canonical.time import Instant
from chalicelib.guests.kept import Kept
from chalicelib.guests.preferences import Preferences
from chalicelib.settings.departments import Department, Prepares, department_of

DEPARTMENTS: tuple[Department, ...] = get_args(Department)
"""In the order in which they are shown."""
State = Literal["open", "done", "not_possible"]
MOST_MADE = 20
"""Tasks of a reservation that people may write down."""
MOST_LETTERS = 200
"""Of a task, and of why it is not possible."""
MOST_DAYS_BEFORE = 7
"""Before the arrival on which a task may be due."""


class Wish(NamedTuple):
    """One word of what a guest prefers."""

    kind: Kind
    value: str


class Made(Kept):
    """What somebody wrote down. `leaf` is the record whose the reservation was then."""

    id: TaskId
    department: Department
    text: str
    days_before: int = 0
    author: str
    at: Instant
    leaf: Leaf


class Outcome(Kept):
    """What became of a task, who said so, and of one that is not possible, why."""

    state: State
    why: str | None = None
    by: str
    at: Instant
    leaf: Leaf

    def says_the_same(self, other: "Outcome | None") -> bool:
        """Whoever said it first did it."""
        return other is not None and (self.state, self.why) == (other.state, other.why)


class Tasks(Kept):
    """What is kept of a reservation's tasks."""

    made: tuple[Made, ...] = ()
    outcomes: dict[TaskId, Outcome] = Field(default_factory=dict)

    def having(self, task: Made) -> Self:
        """The same once more is the same."""
        is_there = any(each.id == task.id for each in self.made)
        return self if is_there else self.model_copy(update={"made": (*self.made, task)})

    def settled(self, task: TaskId, outcome: Outcome) -> Self:
        """What is open has no outcome."""
        if outcome.says_the_same(self.outcomes.get(task)):
            return self
        others = {each: known for each, known in self.outcomes.items() if each != task}
        said = {} if outcome.state == "open" else {task: outcome}
        return self.model_copy(update={"outcomes": {**others, **said}})

    def without(self, task: TaskId) -> Self:
        """Without one that somebody wrote down."""
        made = tuple(each for each in self.made if each.id != task)
        outcomes = {each: known for each, known in self.outcomes.items() if each != task}
        return self if len(made) == len(self.made) else self.model_copy(update={"made": made, "outcomes": outcomes})

    def of_record(self, leaf: Leaf) -> Self:
        """Whatever was written while the reservation was this record's."""
        return self._where(lambda each: each == leaf)

    def without_record(self, leaf: Leaf) -> Self:
        return self._where(lambda each: each != leaf)

    def _where(self, wanted: Callable[[Leaf], bool]) -> Self:
        made = tuple(each for each in self.made if wanted(each.leaf))
        outcomes = {each: known for each, known in self.outcomes.items() if wanted(known.leaf)}
        return self.model_copy(update={"made": made, "outcomes": outcomes})

    @property
    def leaves(self) -> frozenset[Leaf]:
        """The records for which anything was written."""
        return frozenset([*(each.leaf for each in self.made), *(each.leaf for each in self.outcomes.values())])

    @property
    def is_empty(self) -> bool:
        return not self.made and not self.outcomes


NO_TASKS = Tasks()


class Task(NamedTuple):
    """One as it stands: either `made` by people, or a `wish` of the guest's."""

    id: TaskId
    department: Department
    due: date
    made: Made | None
    wish: Wish | None
    outcome: Outcome | None

    @property
    def state(self) -> State:
        return self.outcome.state if self.outcome else "open"


def tasks_of(
    arrival: date, kept: Tasks, preferences: Preferences | None, departments: Mapping[Kind, Prepares]
) -> list[Task]:
    """All of a reservation: by department, in it the wishes first, then what people wrote down in the order in which
    they did."""
    found = [*_of_wishes(arrival, kept, preferences, departments), *(_of(arrival, each, kept) for each in kept.made)]
    return sorted(found, key=lambda each: DEPARTMENTS.index(each.department))


def _of_wishes(
    arrival: date, kept: Tasks, preferences: Preferences | None, departments: Mapping[Kind, Prepares]
) -> Iterator[Task]:
    for wish in _wishes(preferences):
        department, task = department_of(wish.kind, departments), id_of(wish)
        if department is not None:
            yield Task(task, department, arrival, None, wish, kept.outcomes.get(task))


def _of(arrival: date, made: Made, kept: Tasks) -> Task:
    return Task(made.id, made.department, due_on(arrival, made), made, None, kept.outcomes.get(made.id))


def _wishes(preferences: Preferences | None) -> Iterable[Wish]:
    known = preferences.by_kind if preferences else {}
    return (Wish(kind, value) for kind in OFFERED for value in known.get(kind, ()))


def id_of(wish: Wish) -> TaskId:
    """What a guest prefers today and tomorrow is one task; no task that people wrote down is called so."""
    return TaskId(f"p-{wish.kind}-{wish.value}")


def due_on(arrival: date, made: Made) -> date:
    return arrival - timedelta(days=made.days_before)


def may_be_due(arrival: date, kept: Tasks, day: date) -> bool:
    """Whether a task can be due that day: on the day of arrival any, before it what people wrote down."""
    return arrival == day or any(due_on(arrival, each) == day for each in kept.made)

"""Liquid as the hub takes it: bounded in steps, time, text and numbers. Imported only where a template is read.

The library bounds the loops that stand in each other, output and variables. It does not bound what is asked of a range
without a loop (`contains`), what a loop passes over (`offset`) or turns round (`reversed`), loops one behind another,
and how many variables there are.
"""

import re
import time
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin.expressions import LoopExpression
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.echo_tag import EchoTag
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.builtin.tags.tablerow_tag import TablerowNode, TablerowTag
from liquid.exceptions import ResourceLimitError
from liquid.filter import with_context, with_environment
from liquid.stringify import to_liquid_string
from liquid.token import Token
from liquid.undefined import FalsyStrictUndefined
from markupsafe import Markup, escape

from chalicelib.messages.variables import PRESENT

FOREIGN_TAGS = ("include", "render", "extends", "block", "macro", "call", "import")
"""A template is whole: nothing is read from elsewhere."""
FILTERS = frozenset(
    {
        "append", "capitalize", "date", "default", "downcase", "escape", "escape_once", "lstrip", "minus",
        "newline_to_br", "plus", "prepend", "remove", "remove_first", "remove_last", "rstrip", "size", "slice",
        "squish", "strip", "strip_html", "strip_newlines", "truncate", "truncatewords", "upcase", "url_encode",
    }
)  # fmt: skip
"""Their work grows with their text. Others multiply it (`replace`), or make lists of it (`split`)."""
JOINING = frozenset({"append", "prepend", "default", "size"})
"""Filters that leave captured HTML whole. Others might cut a tag in two: what they give is text, and escaped."""
LONGEST_VALUE = 10_000
"""Characters that a filter may give: a chain of them must not grow what the output's limit never sees."""
LONGEST_DATE = 100
"""Characters of what is read as a date, or says how one is written."""
MOST_ROUNDS = 100
MOST_NAMES = 100
"""Variables of a template's own: each assignment measures them all."""
MOST_STEPS = 20_000
"""Nodes that are filled in and filters that are called."""
MOST_SECONDS = 0.5
"""Of CPU, for a part of one mail: fifty are filled in within one invocation."""
STEPS_PER_LOOK = 50
TODAY = ("now", "today")
"""What the filter `date` takes for the present."""
LEAVES_QUOTES = str.maketrans({'"': "&#34;", "'": "&#39;", "<": "&lt;", ">": "&gt;"})


class Steps(RenderContext):
    """What one part of one mail may take. Each node asks for `disabled_tags` before it is filled in: there it is
    counted."""

    def __init__(self, template: BoundTemplate, values: Mapping[str, object], cpu: Callable[[], float]) -> None:
        self._taken, self._cpu = 0, cpu
        self._ends = cpu() + MOST_SECONDS
        self.said_more = ""
        super().__init__(template, globals=values)
        self.page = self.get_buffer()

    def say_more(self, buffer: TextIO) -> str:
        """Only on the page: what is captured may be asked for in conditions, which are to come out as they did."""
        return str(escape(self.said_more)) if buffer is self.page and self.autoescape else ""

    @property
    def disabled_tags(self) -> list[str]:
        self._step(STEPS_PER_LOOK)
        return []

    @disabled_tags.setter
    def disabled_tags(self, tags: list[str]) -> None:
        """The library's own are none: there is no tag that reads another template."""

    def _step(self, steps_per_look: int) -> None:
        self._taken += 1
        if self._taken > MOST_STEPS:
            raise ResourceLimitError(f"it takes more than {MOST_STEPS} steps", token=None)
        if self._taken % steps_per_look == 0 and self._cpu() > self._ends:
            raise ResourceLimitError(f"it takes more than {MOST_SECONDS} seconds", token=None)

    def filter(self, name: str, token: Token | None = None) -> Callable[..., object]:
        self._step(1)
        return super().filter(name, token)

    def assign(self, key: str, val: Any) -> None:
        if len(self.locals) >= MOST_NAMES and key not in self.locals:
            raise ResourceLimitError(f"it has more than {MOST_NAMES} variables of its own", token=None)
        super().assign(key, val)


class Printed(OutputNode):
    """`is_quoted` where it stands in a quoted value, which nothing that is printed may end."""

    __slots__ = ("is_quoted",)

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.is_quoted = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        text = to_liquid_string(self.expression.evaluate(context), context.autoescape)
        if isinstance(context, Steps) and context.said_more:
            text += context.say_more(buffer)
        return buffer.write(text.translate(LEAVES_QUOTES) if self.is_quoted else text)


class Said(Output):
    node_class = Printed  # type: ignore[assignment]  # the library types it narrower than it uses it


class Echoed(EchoTag):
    node_class = Printed  # type: ignore[assignment]  # as above


class For(ForNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        _bound(self.expression, context)
        return super().render_to_output(context, buffer)


class Tablerow(TablerowNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        _bound(self.expression, context)
        return super().render_to_output(context, buffer)


class Rounds(ForTag):
    node_class = For


class Rows(TablerowTag):
    node_class = Tablerow


def _bound(loop: LoopExpression, context: RenderContext) -> None:
    """Before a number of the range is looked at: what is passed over or turned round takes time, too."""
    through = loop.iterable.evaluate(context)
    if isinstance(through, range) and through.stop - through.start > MOST_ROUNDS:
        raise ResourceLimitError(f"a range has more than {MOST_ROUNDS} numbers", token=None)


class Missing(FalsyStrictUndefined):
    """May be asked for and given a default, never printed."""

    force_liquid_default = True


class Bounded(Environment):
    loop_iteration_limit = MOST_ROUNDS
    output_stream_limit = 150_000
    local_namespace_limit = 100_000
    block_nesting_limit = 20


@cache
def environment(*, autoescape: bool) -> Environment:
    made = Bounded(autoescape=autoescape, undefined=Missing, strict_filters=True)
    for tag in FOREIGN_TAGS:
        made.tags.pop(tag, None)
    for bounded in (Said, Echoed, Rounds, Rows):
        made.add_tag(bounded)
    filters = {**made.filters, "date": _at_the_hotel(made.filters["date"])}
    made.filters = {name: _bounded(name, filter_) for name, filter_ in filters.items() if name in FILTERS}
    return made


def filled(
    parsed: BoundTemplate,
    values: Mapping[str, object],
    *,
    said_more: str = "",
    cpu: Callable[[], float] = time.thread_time,
) -> str:
    """`said_more` stands behind whatever is printed, as if a value ended with it. Raises whatever Liquid raises, and
    what Python does for numbers and dates that it cannot take."""
    context = Steps(parsed, values, cpu)
    context.said_more = said_more
    parsed.render_with_context(context, context.page)
    return context.page.getvalue()


def _at_the_hotel(date_: Callable[..., object]) -> Callable[..., object]:
    """The filter `date`, of which the present is the hotel's, and not that of whatever machine this is."""

    @with_context
    @with_environment
    @wraps(date_)
    def dated(value: object, *args: object, context: RenderContext, **named: object) -> object:
        if any(isinstance(each, str) and len(each) > LONGEST_DATE for each in (value, *args)):
            raise ResourceLimitError(f"a date has more than {LONGEST_DATE} characters", token=None)
        return date_(context.resolve(PRESENT) if value in TODAY else value, *args, **named)

    return dated


def _bounded(name: str, filter_: Callable[..., object]) -> Callable[..., object]:
    given = (lambda value: value) if name in JOINING else _without_tags

    @wraps(filter_)
    def bounded(*args: object, **named: object) -> object:
        value = filter_(*map(given, args), **named)
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            raise ResourceLimitError(f"a filter gives more than {LONGEST_VALUE} characters", token=None)
        return value

    return bounded


def _without_tags(value: object) -> object:
    """Captured HTML as text, which is escaped when it is printed."""
    return str(value) if isinstance(value, Markup) and re.search("[<>]", value) else value

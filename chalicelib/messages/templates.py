"""Templates in Liquid: checked when they are saved, filled in for one guest at a time."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.guests.model import Traits
from chalicelib.messages import markup
from chalicelib.messages.known import Fault
from chalicelib.messages.model import Template
from chalicelib.messages.variables import (
    PRESENT,
    SAMPLE,
    SAMPLE_CLOCK,
    SAMPLE_GUEST,
    SAMPLE_URL,
    VARIABLES,
    Clock,
    values_of,
)
from chalicelib.properties.model import Branding

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment, RenderContext

PARTS = ("subject", "html", "text")
MUST_BE_SEEN = ("subject", "text")
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs, as Unicode has it, that nobody sees."""
UNKNOWN_TAG = re.compile(r"unexpected tag '(\w+)'")
INNER_TAGS = frozenset({"content", "illegal", "output"})
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
LONGEST_VALUE = 10_000
"""Characters that a filter may give: a chain of them must not grow what the output's limit never sees."""
MOST_FILTERS = 200
MOST_BYTES = 240_000
"""A run keeps a template (this) and a segment (120,000) in one row, and DynamoDB's rows end at 409,600 bytes."""
MOST_MAIL_BYTES = 250_000
"""Of subject and bodies as JSON, in which a quote is two. SES takes 262,144 with what stands at the foot.
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ReplacementTemplate.html
"""
LONGEST_ESCAPE = 6
"""Bytes that JSON makes of one character at most."""
HEADER_BREAKS = re.compile(r"[\x00-\x1f\x7f]")
TAG = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
LONGEST_TAG = 3_000
MOST_BLANKS = 100
BLANKS = re.compile(rf"\s{{{MOST_BLANKS + 1}}}")
VERBATIM = {
    name: (re.compile(rf"{{%-?\s*{name}\b"), re.compile(rf"{{%-?\s*end{name}\s*-?%}}")) for name in ("raw", "doc")
}
"""What begins and ends a part that Liquid takes as it stands."""


TODAY = ("now", "today")
"""What the filter `date` takes for the present."""


class Unfit(Exception):
    """A template cannot be filled in for this guest."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Content:
    subject: str
    html: str
    text: str


@cache
def _environment(*, autoescape: bool) -> "Environment":
    from liquid import Environment
    from liquid.undefined import FalsyStrictUndefined

    class Missing(FalsyStrictUndefined):
        """May be asked for and given a default, never printed."""

        force_liquid_default = True

    class Bounded(Environment):
        loop_iteration_limit = 100
        output_stream_limit = 150_000
        local_namespace_limit = 100_000
        block_nesting_limit = 20

    environment = Bounded(autoescape=autoescape, undefined=Missing, strict_filters=True)
    for tag in FOREIGN_TAGS:
        environment.tags.pop(tag, None)
    filters = {**environment.filters, "date": _at_the_hotel(environment.filters["date"])}
    environment.filters = {name: _bounded(filter_) for name, filter_ in filters.items() if name in FILTERS}
    return environment


def _at_the_hotel(date_: Callable[..., object]) -> Callable[..., object]:
    """The filter `date`, of which the present is the hotel's, and not that of whatever machine this is."""
    from liquid.filter import with_context, with_environment

    @with_context
    @with_environment
    @wraps(date_)
    def dated(value: object, *args: object, context: "RenderContext", **named: object) -> object:
        return date_(context.resolve(PRESENT) if value in TODAY else value, *args, **named)

    return dated


def _bounded(filter_: Callable[..., object]) -> Callable[..., object]:
    from liquid.exceptions import ResourceLimitError

    @wraps(filter_)
    def bounded(*args: object, **named: object) -> object:
        value = filter_(*args, **named)
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            raise ResourceLimitError(f"a filter gives more than {LONGEST_VALUE} characters", token=None)
        return value

    return bounded


def check(template: Template) -> None:
    """Raises Invalid with each field and what is wrong with it."""
    if len(template.model_dump_json().encode()) > MOST_BYTES:
        largest = max(PARTS, key=lambda part: len(getattr(template, part).encode()))
        raise Invalid(FieldError(largest, f"makes a template of more than {MOST_BYTES} bytes"))
    faults = [fault for part in PARTS for fault in _faults(part, getattr(template, part))]
    faults = faults or list(_mail_faults(template))
    if faults:
        raise Invalid(*faults[:20])


def _mail_faults(template: Template) -> Iterator[FieldError]:
    """Parts that can be filled in may still make a mail together that is too large."""
    try:
        Renderer(template, SAMPLE, SAMPLE_CLOCK).render(SAMPLE_GUEST, SAMPLE_URL)
    except Unfit:
        yield FieldError("html", f"makes a mail of more than {MOST_MAIL_BYTES} bytes")


def _faults(part: str, source: str) -> Iterator[FieldError]:
    from liquid.exceptions import LiquidError

    if part == "subject" and HEADER_BREAKS.search(source):
        yield FieldError(part, "has characters that no mail header may have")
    dear = next(_dear_to_read(source), None)
    if dear:
        yield FieldError(part, f"is not Liquid that the hub takes: {dear}")
        return
    try:
        parsed = _environment(autoescape=part == "html").from_string(source)
        faults = list(_language_faults(parsed))
    except (LiquidError, RecursionError) as error:
        yield FieldError(part, f"is not Liquid that the hub takes: {_plainly(error)}"[:300])
        return
    faults += _html_faults(source) if part == "html" else _text_faults(source)
    yield from (FieldError(part, fault) for fault in faults or _sample_faults(part, parsed))


def _plainly(error: Exception) -> str:
    """What Liquid found, without the drawing of where, and the tags there are where it knows none of that name."""
    words = str(error).partition("\n")[0]
    tag = UNKNOWN_TAG.search(words)
    return f"{words}; there is {known(_tags(), tag[1])}" if tag else words


def _tags() -> list[str]:
    return [name for name in _environment(autoescape=True).tags if name.isidentifier() and name not in INNER_TAGS]


def _dear_to_read(source: str) -> Iterator[str]:
    """What Liquid would look through again and again, with work that grows with the square: tags without an end, for
    which it searches the rest each time, and long ones. Found in one pass each, before Liquid is asked."""
    for begin, end in (("{{", "}}"), ("{%", "%}")):
        if source.rfind(begin) > source.rfind(end):
            yield f"a {begin} is never closed"
    for name, (begins, ends) in VERBATIM.items():
        if _last(begins, source) > _last(ends, source):
            yield f"a {name} tag is never closed"
    tags = [tag[0] for tag in TAG.finditer(source)]
    if any(BLANKS.search(tag) for tag in tags):
        yield f"a tag has more than {MOST_BLANKS} blanks in a row"
    if any(len(tag) > LONGEST_TAG for tag in tags):
        yield f"a tag has more than {LONGEST_TAG} characters"


def _last(pattern: re.Pattern[str], source: str) -> int:
    return max((found.start() for found in pattern.finditer(source)), default=-1)


def _language_faults(parsed: "BoundTemplate") -> Iterator[str]:
    analysis = parsed.analyze()
    for name in analysis.filters.keys() - parsed.env.filters.keys():
        yield f"uses the filter {name}, which is not known; there is {known(parsed.env.filters, name)}"
    if sum(map(len, analysis.filters.values())) > MOST_FILTERS:
        yield f"uses more than {MOST_FILTERS} filters"
    for variable in [each for used in analysis.globals.values() for each in used]:
        name = ".".join(map(str, variable.segments))
        if name not in VARIABLES:
            yield f"uses {variable}, which is not known; there is {known(VARIABLES, name)}"


def _html_faults(source: str) -> list[str]:
    try:
        return list(markup.faults(source))
    except AssertionError:  # how Python's parser says that it cannot make sense of `<![<!`
        return ["is not HTML that can be read"]


def _text_faults(source: str) -> list[str]:
    return ["has an http link; only https is taken"] if re.search(r"http://", source, re.IGNORECASE) else []


def _sample_faults(part: str, parsed: "BoundTemplate") -> Iterator[str]:
    """What cannot be filled in for a guest of whom all is known is refused when it is saved, not when it is sent."""
    try:
        filled = _fill(parsed, values_of(SAMPLE_GUEST, SAMPLE, SAMPLE_URL, SAMPLE_CLOCK))
    except Unfit as unfit:
        yield f"cannot be filled in: {unfit.__cause__}"[:300]
        return
    if part in MUST_BE_SEEN and not _can_be_seen(filled):
        yield "would be empty"


def _fill(parsed: "BoundTemplate", values: Mapping[str, Any]) -> str:
    """Raises Unfit; dates and numbers out of range are Python's own errors."""
    from liquid.exceptions import LiquidError, UndefinedError

    try:
        return parsed.render(**values)
    except UndefinedError as error:
        raise Unfit(Fault.VALUE_MISSING) from error
    except (LiquidError, ArithmeticError, ValueError) as error:
        raise Unfit(Fault.FAILED) from error


class Renderer:
    """One template, parsed once and filled in for many."""

    def __init__(self, template: Template, names: Branding, clock: Clock) -> None:
        self._parts: dict[str, BoundTemplate] = {
            part: _environment(autoescape=part == "html").from_string(getattr(template, part)) for part in PARTS
        }
        self._names, self._clock = names, clock

    def render(self, traits: Traits, unsubscribe_url: str) -> Content:
        """Raises Unfit."""
        values = values_of(traits, self._names, unsubscribe_url, self._clock)
        subject, html, text = (_fill(self._parts[part], values) for part in PARTS)
        content = Content(subject=HEADER_BREAKS.sub(" ", subject).strip()[:500], html=html, text=text)
        if not (_can_be_seen(content.subject) and _can_be_seen(text)):
            raise Unfit(Fault.EMPTY)
        if _is_too_large(content):
            raise Unfit(Fault.FAILED)
        return content


def _can_be_seen(text: str) -> bool:
    """Whether anything of it is more than blanks, controls and signs without a shape."""
    return any(unicodedata.category(each)[0] not in "ZC" and each not in BLANK for each in text)


def _is_too_large(content: Content) -> bool:
    """Measured only where it may be: what most mails have is far less."""
    characters = len(content.subject) + len(content.html) + len(content.text)
    if characters * LONGEST_ESCAPE <= MOST_MAIL_BYTES:
        return False
    return len(json.dumps(asdict(content), ensure_ascii=False).encode()) > MOST_MAIL_BYTES

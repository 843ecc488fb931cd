"""Templates in Liquid: checked when they are saved, filled in for one guest at a time."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import Invalid
from chalicelib.guests.model import Traits
from chalicelib.messages import markup
from chalicelib.messages.advertising import reads_like_advertising
from chalicelib.messages.channels.visible import BLANK
from chalicelib.messages.dear import dear_to_read
from chalicelib.messages.known import Fault
from chalicelib.messages.misfits import Found, Misfit, misfit
from chalicelib.messages.model import Template
from chalicelib.messages.variables import (
    GUEST,
    SAMPLE,
    SAMPLE_CLOCK,
    SAMPLE_GUEST,
    SAMPLE_URL,
    VARIABLES,
    Clock,
    is_known,
    values_of,
)
from chalicelib.properties.model import Branding

if TYPE_CHECKING:
    from liquid import BoundTemplate

PARTS = ("subject", "html", "text")
SHOWN = 20
"""Faults that are told at once."""
NOT_TAKEN = "is not Liquid that the hub takes: "
MUST_BE_SEEN = ("subject", "text")
UNKNOWN_TAG = re.compile(r"unexpected tag '(\w+)'")
INNER_TAGS = frozenset({"content", "illegal", "output"})
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
HOSTILE = (" x=\"y\" onclick='z' ", '"><script>z</script><!--', "javascript:z", "//evil.example;}*/<style>")
"""What a value may end with in the worst case: nothing of it may become a part of the HTML's structure."""
KEPT = 8
"""Templates that a worker remembers as they were judged."""


class Unfit(Exception):
    """A template cannot be filled in for this guest."""

    def __init__(self, fault: Fault, part: str = "") -> None:
        super().__init__(fault)
        self.fault, self.part = fault, part


@dataclass(frozen=True)
class Content:
    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Judged:
    """A template as it was read: its parts, what the hub does not take of it, and what it names of a guest."""

    parts: Mapping[str, "BoundTemplate"]
    faults: tuple[Misfit, ...]
    named: frozenset[str] = frozenset()


def check(template: Template) -> None:
    """Raises Invalid with each field and what is wrong with it."""
    faults = judged(template).faults
    if faults:
        raise Invalid(*(each.told for each in faults[:SHOWN]))


@lru_cache(maxsize=KEPT)
def judged(template: Template) -> Judged:
    """Judged where it is saved, and once more by each worker that sends it: what was saved under earlier rules may be
    one that is not taken any more."""
    if len(template.model_dump_json().encode()) > MOST_BYTES:
        largest = max(PARTS, key=lambda part: len(getattr(template, part).encode()))
        return Judged({}, (Misfit(largest, f"makes a template of more than {MOST_BYTES} bytes"),))
    read = {part: _read(part, getattr(template, part)) for part in PARTS}
    parts = {part: parsed for part, (parsed, _) in read.items() if parsed}
    faults = [
        misfit(part, getattr(template, part), found) for part, (_, told) in read.items() for found in _each_once(told)
    ]
    if faults:
        return Judged(parts, tuple(faults))
    return Judged(parts, tuple(_mail_faults(parts)), _named_in(parts.values()))


def _each_once(told: Iterable[Found]) -> list[Found]:
    """The same words once, at the first of their places."""
    first: dict[str, Found] = {}
    for found in told:
        first.setdefault(found.words, found)
    return list(first.values())


def _named_in(parts: Iterable["BoundTemplate"]) -> frozenset[str]:
    names = {str(used) for parsed in parts for each in parsed.analyze().globals.values() for used in each}
    return frozenset(name.removeprefix(GUEST) for name in names if name.startswith(GUEST))


def _mail_faults(parts: Mapping[str, "BoundTemplate"]) -> Iterator[Misfit]:
    """Parts that can be filled in may still make a mail together that is too large."""
    try:
        _content(parts, values_of(SAMPLE_GUEST, SAMPLE, SAMPLE_URL, SAMPLE_CLOCK))
    except Unfit:
        yield Misfit("html", f"makes a mail of more than {MOST_MAIL_BYTES} bytes")


def _read(part: str, source: str) -> tuple["BoundTemplate | None", list[Found]]:
    """The part as it was parsed, where it can be, and what is wrong with it."""
    from liquid.exceptions import LiquidError

    from chalicelib.messages.sandbox import environment

    broken = list(_header_faults(source)) if part == "subject" else []
    dear = next(dear_to_read(source), None)
    if dear:
        return None, [*broken, Found(f"{NOT_TAKEN}{dear.words}", dear.at)]
    try:
        parsed = environment(autoescape=part == "html").from_string(source)
        faults = [*broken, *_language_faults(parsed), *_form_faults(part, source, parsed)]
    except (LiquidError, RecursionError) as error:
        return None, [*broken, Found(f"{NOT_TAKEN}{_plainly(error)}", where_in(error))]
    return parsed, faults or list(_sample_faults(part, parsed))


def _header_faults(source: str) -> Iterator[Found]:
    if breaks := HEADER_BREAKS.search(source):
        yield Found("has characters that no mail header may have", breaks.start())


def where_in(error: BaseException | None) -> int | None:
    """Where Liquid says that a fault stands; it does not know it of all."""
    token = getattr(error, "token", None)
    return token.start_index if token is not None and token.start_index >= 0 else None


def _form_faults(part: str, source: str, parsed: "BoundTemplate") -> Iterator[Found]:
    from chalicelib.messages.structure import Flat, faults_of_language

    yield from faults_of_language(parsed, is_html=part == "html")
    if part == "html":
        flat = Flat(parsed)
        yield from flat.faults
        yield from map(Found, markup.faults_of_tags(flat.tags))
        for document in flat.documents:
            yield from map(Found, _html_faults(document))
    else:
        yield from map(Found, _text_faults(source))


def _plainly(error: BaseException) -> str:
    """What Liquid found, without the drawing of where, and the tags there are where it knows none of that name."""
    words = str(error).partition("\n")[0]
    tag = UNKNOWN_TAG.search(words)
    return f"{words}; there is {known(_tags(), tag[1])}" if tag else words


def _tags() -> list[str]:
    from chalicelib.messages.sandbox import environment

    return [name for name in environment(autoescape=True).tags if name.isidentifier() and name not in INNER_TAGS]


def _language_faults(parsed: "BoundTemplate") -> Iterator[Found]:
    analysis = parsed.analyze()
    for name in analysis.filters.keys() - parsed.env.filters.keys():
        words = f"uses the filter {name}, which is not known; there is {known(parsed.env.filters, name)}"
        yield Found(words, analysis.filters[name][0].index)
    if sum(map(len, analysis.filters.values())) > MOST_FILTERS:
        yield Found(f"uses more than {MOST_FILTERS} filters")
    for variable in [each for used in analysis.globals.values() for each in used]:
        name = ".".join(map(str, variable.segments))
        if not is_known(name):
            words = f"uses {variable}, which is not known; there is {known(VARIABLES, name)}"
            yield Found(words, variable.span.index)


def _html_faults(source: str) -> list[str]:
    try:
        return list(markup.faults(source))
    except AssertionError:  # how Python's parser says that it cannot make sense of `<![<!`
        return ["is not HTML that can be read"]


def _text_faults(source: str) -> list[str]:
    return ["has an http link; only https is taken"] if re.search(r"http://", source, re.IGNORECASE) else []


def _sample_faults(part: str, parsed: "BoundTemplate") -> Iterator[Found]:
    """What cannot be filled in for a guest of whom all is known is refused when it is saved, not when it is sent."""
    try:
        filled = _fill(parsed, values_of(SAMPLE_GUEST, SAMPLE, SAMPLE_URL, SAMPLE_CLOCK))
    except Unfit as unfit:
        yield Found(f"cannot be filled in: {_plainly(unfit.__cause__ or unfit)}", where_in(unfit.__cause__))
        return
    if part in MUST_BE_SEEN and not _can_be_seen(filled):
        yield Found("would be empty")
    yield from map(Found, _filled_faults(parsed, filled) if part == "html" else _text_faults(filled))


def _filled_faults(parsed: "BoundTemplate", filled: str) -> Iterator[str]:
    """What goes out is judged, too, and is the same but for its texts when every value ends as badly as can be."""
    yield from _html_faults(filled)
    values, structure = values_of(SAMPLE_GUEST, SAMPLE, SAMPLE_URL, SAMPLE_CLOCK), markup.structure(filled)
    for hostile in HOSTILE:
        try:
            other = markup.structure(_fill(parsed, values, hostile))
        except Unfit:
            continue  # too long with it; that it is bounded is all that matters then
        if other != structure:
            yield "has a value where it could become part of a tag"
            return


def _fill(parsed: "BoundTemplate", values: Mapping[str, Any], said_more: str = "") -> str:
    """Raises Unfit: whatever Liquid trips over is this template's fault, or this value's."""
    from liquid.exceptions import UndefinedError

    from chalicelib.messages.sandbox import filled

    try:
        return filled(parsed, values, said_more=said_more)
    except UndefinedError as error:
        raise Unfit(Fault.VALUE_MISSING) from error
    except Exception as error:
        raise Unfit(Fault.FAILED) from error


class Renderer:
    """One template, read once and filled in for many."""

    def __init__(self, template: Template, names: Branding, clock: Clock) -> None:
        self._judged = judged(template)
        self._names, self._clock = names, clock

    def render(self, traits: Traits, unsubscribe_url: str) -> Content:
        """Raises Unfit."""
        if self._judged.faults:
            raise Unfit(Fault.REFUSED)
        if any(reads_like_advertising(str(getattr(traits, name, "") or "")) for name in self._judged.named):
            raise Unfit(Fault.ADVERTISING)
        return _content(self._judged.parts, values_of(traits, self._names, unsubscribe_url, self._clock))


def _content(parts: Mapping[str, "BoundTemplate"], values: Mapping[str, Any]) -> Content:
    subject, html, text = (_fill_part(part, parts[part], values) for part in PARTS)
    content = Content(subject=HEADER_BREAKS.sub(" ", subject).strip()[:500], html=html, text=text)
    if not (_can_be_seen(content.subject) and _can_be_seen(text)):
        raise Unfit(Fault.EMPTY)
    if _is_too_large(content):
        raise Unfit(Fault.FAILED)
    return content


def _fill_part(part: str, parsed: "BoundTemplate", values: Mapping[str, Any]) -> str:
    try:
        return _fill(parsed, values)
    except Unfit as unfit:
        unfit.part = part
        raise


def _can_be_seen(text: str) -> bool:
    """Whether anything of it is more than blanks, controls and signs without a shape."""
    return any(unicodedata.category(each)[0] not in "ZC" and each not in BLANK for each in text)


def _is_too_large(content: Content) -> bool:
    """Measured only where it may be: what most mails have is far less."""
    characters = len(content.subject) + len(content.html) + len(content.text)
    if characters * LONGEST_ESCAPE <= MOST_MAIL_BYTES:
        return False
    return len(json.dumps(asdict(content), ensure_ascii=False).encode()) > MOST_MAIL_BYTES

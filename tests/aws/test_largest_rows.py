"""What is accepted fits its row: the largest of each kind is kept and read, and what is larger is refused before."""

import json
from datetime import date, timedelta
from itertools import product
from string import ascii_uppercase

import pytest

from chalicelib.aws import table
from chalicelib.aws.codec import item_size
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Invalid, Rejected, TooLarge
from chalicelib.canonical.ids import Leaf, SegmentId, TemplateId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.paging import Page
from chalicelib.identity.model import MOST_DECISIONS, MOST_REASON, Decision, Verdict, pair_of
from chalicelib.identity.store import decisions_row
from chalicelib.loyalty.model import Program, Terms
from chalicelib.loyalty.rules import MOST_EARLIER, next_version
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.messages.model import Template
from chalicelib.messages.store import TEMPLATES
from chalicelib.segments.model import Segment
from chalicelib.segments.store import SEGMENTS
from tests.ids import CLUB

TODAY = date(2026, 1, 1)
CURRENCIES = [a + b + c for a, b, c in product(ascii_uppercase, "ABC", "ABC")][:200]
WIDE = "\u6f22"
"""A character of three bytes."""


def with_rates(digits: int) -> dict[str, str]:
    return dict.fromkeys(CURRENCIES, f"{'9' * 6}.{digits:04d}")


def changed_as_often_as_may_be() -> Program:
    program = Program(id=CLUB, name=WIDE * 200, points_per_unit=with_rates(0), effective_from=TODAY).kept_as(1, ())
    for day in range(1, MOST_EARLIER + 1):
        program = next_version(program, changed(program, day), TODAY + timedelta(days=day - 1))
    return program


def changed(program: Program, day: int) -> Program:
    start = TODAY + timedelta(days=day)
    return program.model_copy(update={"points_per_unit": with_rates(day), "effective_from": start})


def test_a_programmes_last_change_is_kept_and_read_and_the_next_is_refused_before_it_is_written(aws: Settings) -> None:
    last = changed_as_often_as_may_be()
    PROGRAMS.replace(last, replaces=0)
    assert PROGRAMS.get(CLUB) == last
    assert len(last.earlier) == MOST_EARLIER
    with pytest.raises(Invalid, match="earlier terms"):
        next_version(last, changed(last, MOST_EARLIER + 1), TODAY + timedelta(days=MOST_EARLIER))


def test_a_programme_that_was_changed_more_often_before_there_was_a_limit_is_still_read(aws: Settings) -> None:
    old = Program(id=CLUB, name="Club").kept_as(53, (Terms(effective_from=TODAY),) * 52)
    PROGRAMS.replace(old, replaces=0)
    assert PROGRAMS.listed() == [old]


def test_the_largest_template_is_kept_and_one_that_takes_more_bytes_is_refused(aws: Settings) -> None:
    largest = Template(id=TemplateId("t"), name=WIDE * 200, subject=WIDE * 300, html=WIDE * 100_000, text=WIDE * 30_000)
    TEMPLATES.save(largest)
    kept = TEMPLATES.get(largest.id)
    assert kept is not None
    assert kept.html == largest.html
    quoted = largest.model_copy(update={"html": '"' + "\U0001f600" * 99_999})  # four bytes a sign
    with pytest.raises(TooLarge):
        TEMPLATES.save(quoted)
    assert TEMPLATES.get(largest.id) == kept


def test_a_segment_that_does_not_fit_its_row_is_refused(aws: Settings) -> None:
    rules = [{"trait": "country", "op": "in", "value": [WIDE * 199 + str(n % 10)] * 200} for n in range(6)]
    huge = Segment.model_validate({"id": SegmentId("s"), "name": "S", "rule": {"and": rules}})
    with pytest.raises(TooLarge):
        SEGMENTS.save(huge)
    assert SEGMENTS.get(huge.id) is None


def test_the_decisions_about_one_leaf_fit_their_row() -> None:
    leaf, others = Leaf("g0" + "0" * 22), [Leaf(f"g1{n:022d}") for n in range(MOST_DECISIONS)]
    at = Instant("2026-01-01T00:00:00.000000Z")
    decided = {
        other: Decision(pair_of(leaf, other), Verdict.APART, at, "a" * 64, WIDE * MOST_REASON) for other in others
    }
    row = decisions_row(leaf, decided)
    assert item_size(row) < table.LARGEST_ROW


@pytest.mark.parametrize("write", ["alone", "in a transaction"])
def test_no_row_that_the_table_would_refuse_is_sent(write: str, aws: Settings) -> None:
    """No repetition makes it smaller: the message goes to the dead letters at once, and the reason names the kind."""
    put = table.Put(table.row(Key("KIND#of-somebody", "ROW"), text="x" * table.LARGEST_ROW))
    with pytest.raises(Rejected, match=r"row_too_large: KIND$"):
        table.write(put) if write == "alone" else table.transact([put])


def test_a_page_of_the_largest_templates_is_an_answer_that_lambda_takes(aws: Settings) -> None:
    """Quotes are escaped twice: in the body, and in Lambda's own JSON around it."""
    largest = Template(id=TemplateId("t"), name="T", subject="S", html='"' * 100_000, text='"' * 30_000)
    many = [largest.model_copy(update={"id": f"t{n:03d}"}) for n in range(30)]
    shown, more = Page("/v1/templates", limit=200).take(many)
    assert more
    assert 5 <= len(shown) < 30
    answer = json.dumps({"statusCode": 200, "body": json.dumps([each.model_dump(mode="json") for each in shown])})
    assert len(answer) < 6_000_000
    rest, more = Page("/v1/templates", limit=200).take(many[len(shown) :])
    assert rest[0].id == f"t{len(shown):03d}"

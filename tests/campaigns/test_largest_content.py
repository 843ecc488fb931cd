"""The largest template and the largest segment that are taken fit into the one row that a run keeps of both."""

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.codec import item_size
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from chalicelib.campaigns import store
from chalicelib.campaigns.model import Content, Run
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import TemplateId
from chalicelib.canonical.time import Instant
from chalicelib.messages import actions as messages
from chalicelib.messages.model import Template
from chalicelib.segments import actions as segments
from chalicelib.segments.model import Segment
from tests.ids import SPRING, run_id

LARGEST_ROW = 409_600
RUN = Run(id=run_id("r1"), campaign=SPRING, at=Instant("2026-11-23T12:00:00Z"), segment_version=1, template_version=1)
SIGNS = {"of three bytes": ("王", 3, 78_500, 300), "that JSON makes two of": ('"', 2, 99_900, 19_000)}
"""The sign, its bytes in a row, and how many of it the bodies of the largest template have."""


def template(sign: str, html: int, text: int) -> Template:
    """Its signs stand where nobody reads them: a mail may have fewer."""
    hidden = f"{{% if guest.language == 'zh' %}}{sign * html}{{% endif %}}"
    return Template(id=TemplateId("t"), name=sign * 200, subject="News", html=f"<p>{hidden}</p>", text=sign * text)


def segment(sign: str, signs: int) -> Segment:
    values = [f"{number:03d}{sign * signs}" for number in range(200)]
    rules = [{"trait": "family_name", "op": "in", "value": values}] * 5
    return Segment.model_validate({"id": "s", "name": sign * 200, "rule": {"and": rules}})


@pytest.mark.parametrize(("sign", "bytes_", "html", "text"), SIGNS.values(), ids=SIGNS)
def test_the_largest_that_is_taken_is_written_and_a_little_more_is_refused(
    aws: Settings, sign: str, bytes_: int, html: int, text: int
) -> None:
    signs = 111 // bytes_
    largest = Content(
        template=messages.save_template(template(sign, html, text)), segment=segments.save_segment(segment(sign, signs))
    )
    table.transact(store.new_run(RUN, largest))
    assert 340_000 < size_of(keys.run_content(RUN.id)) <= LARGEST_ROW
    assert 230_000 < size_of(Key(keys.TEMPLATES, TemplateId("t"))) <= LARGEST_ROW
    with pytest.raises(Invalid, match="more than 120000 bytes"):
        segments.save_segment(segment(sign, signs + 6 // bytes_))
    with pytest.raises(Invalid, match="more than 240000 bytes"):
        messages.save_template(template(sign, html, text + 3_000))


def size_of(key: Key) -> int:
    row = table.get(key)
    assert row
    return item_size(row)

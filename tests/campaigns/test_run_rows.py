"""How runs lie in the table."""

from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.campaigns import store
from chalicelib.campaigns.model import PARTS, Content, Run
from chalicelib.canonical.ids import TemplateId
from chalicelib.canonical.time import Instant
from chalicelib.messages.model import Template
from chalicelib.segments.model import Segment
from tests.ids import SPRING, run_id

RUN = Run(id=run_id("r1"), campaign=SPRING, at=Instant("2026-11-23T12:00:00Z"), segment_version=1, template_version=1)
CONTENT = Content(
    segment=Segment.model_validate({"id": "s", "name": "S", "rule": {"trait": "stats.stays", "op": "gte", "value": 1}}),
    template=Template(id=TemplateId("news"), name="News", subject="News", html="<p>News</p>", text="News"),
)


def test_how_far_a_run_is_counted_lies_where_earlier_versions_looked_for_it(aws: Settings) -> None:
    """While a new version is deployed, workers of both pace the same run."""
    table.transact(store.new_run(RUN, CONTENT))
    counted = (3, *[0] * (PARTS - 1))
    store.change_run(RUN, RUN.summed(counted, {"sent": 150}))
    row = table.get(keys.run(RUN.id))
    assert row is not None
    assert row["settled"] == list(counted)
    assert "counted" not in row
    kept = store.run(RUN.id)
    assert kept is not None
    assert kept.counted == counted

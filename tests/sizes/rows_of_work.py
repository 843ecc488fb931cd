"""What runs, jobs and the pace keep while they work."""

from dataclasses import asdict, replace
from datetime import date

from chalicelib.aws import keys, keys_of_imports, table
from chalicelib.aws.codec import Item
from chalicelib.campaigns import parts as chunks
from chalicelib.campaigns import store
from chalicelib.campaigns.model import CANDIDATES, CHUNKS, LARGEST_CHUNK, MOST_EARLIER, Content, Run, RunState
from chalicelib.canonical.ids import (
    CampaignId,
    ChannelName,
    ConnectionId,
    GuestId,
    ImportId,
    JobId,
    Leaf,
    LetterId,
    OccasionId,
    PropertyId,
    RunId,
)
from chalicelib.canonical.time import Instant, instant
from chalicelib.dead_letters import rules
from chalicelib.dead_letters import store as letters
from chalicelib.dead_letters.model import Failed
from chalicelib.dead_letters.rules import LARGEST_TEXT
from chalicelib.ingest.imports import store as imports
from chalicelib.ingest.imports.model import Import, ReadAs
from chalicelib.jobs import parts
from chalicelib.jobs import store as jobs
from chalicelib.jobs.model import Job, Part
from chalicelib.messages import actions as messages
from chalicelib.messages import store as claimed
from chalicelib.messages.budget import Budget
from chalicelib.messages.reasons import Reason
from chalicelib.segments import actions as segments
from tests.builders import DAY_ONE
from tests.sizes.inputs import FOUR, ID, LATEST, Largest, Rows, filled, kept, most
from tests.sizes.rows_of_the_deployment import segment_of, template_of

AT = Instant(LATEST)
RUN_ID = RunId(OccasionId("n" + "0" * 24))
JOB_ID = JobId("j" + "0" * 24)
CODES = ["sent", "failed", "unknown", "lost", *Reason]
LONGEST_CODE = max(CODES, key=len)
MANY = 10**9


def run_(**more: object) -> Run:
    told = {"id": RUN_ID, "campaign": CampaignId(ID), "at": AT, "segment_version": MANY, "template_version": MANY}
    return Run.model_validate({**told, **more})


def run(_: str) -> Item:
    its = run_(
        state=RunState.CANCELLED, reason="r" * 64, rev=MANY, property_id=PropertyId(ID), singly=True, instead_of=RUN_ID,
        missed_by=RUN_ID, counts=dict.fromkeys(CODES, MANY), finished_at=AT, total=MANY,
        planned=True, earlier=(RUN_ID,) * MOST_EARLIER,
    )  # fmt: skip
    return table.row(keys.run(RUN_ID), **its.model_dump(mode="json"))


def run_content(signs: str) -> Item:
    segment = most(lambda length: segments.save_segment(segment_of(signs, length)), 190)
    template = most(lambda length: messages.save_template(template_of(signs, length)), 99_900)
    table.transact(store.new_run(run_(), Content(segment=segment, template=template)))
    return kept(keys.run_content(RUN_ID))


def launch(_: str) -> Item:
    table.transact(store.keep_launch_answer("l" + "0" * 24, run_(), DAY_ONE))
    return kept(keys.launch("l" + "0" * 24))


def plan(_: str) -> Item:
    its = Part(
        number=15,
        rev=MANY,
        leased_until=AT,
        position=f"255:{'g' * 25}",
        units=MANY,
        counted={CHUNKS: MANY, CANDIDATES: MANY},
    )
    return dict(parts.written(keys.plan(RUN_ID, 15), its, DAY_ONE).item)


def chunk(_: str) -> Item:
    guests = ",".join([GuestId(Leaf("g" + "0" * 24))] * LARGEST_CHUNK)
    codes, laws = [LONGEST_CODE] * LARGEST_CHUNK, [f"{at:016} {at}" for at in range(LARGEST_CHUNK)]
    key = keys.chunk(RUN_ID, AT, 15, 999_999)
    return table.row(key, guests=guests, decisions=",".join(codes), laws=",".join(laws))


def chunk_back(_: str) -> Item:
    return table.row(keys.chunk_back(RUN_ID, 15, 999_999), times=MANY)


def told_later(_: str) -> Item:
    return dict(claimed.told_later(RUN_ID, chunks.name_of(AT, 15, 999_999)).item)


def queued(_: str) -> Item:
    return table.row(keys.queued(RUN_ID, 15), chunks=MANY)


def sent(_: str) -> Item:
    return table.row(keys.sent(RUN_ID, 15), chunks=MANY, **{f"n_{code}": MANY for code in CODES})


def pacing(_: str) -> Item:
    return table.row(keys.pacing(ChannelName("email")), **dict.fromkeys(asdict(Budget()), 10**13))


def waking(_: str) -> Item:
    return table.row(keys.waking(jobs.RUN, RUN_ID), at=AT)


def letter(_: str) -> Item:
    """Of signs that no compression makes fewer; what is longer still is left on its queue."""
    told = Failed(LetterId(ID), ID, ConnectionId(ID), "", "r" * 300, MANY, archived=True, redriven=MANY)
    text = filled("".join(map(chr, range(0x21, 0x7F))), LARGEST_TEXT)
    its = rules.set_aside(None, replace(told, text=text), instant(DAY_ONE))
    assert its
    letters.save(its, None)
    return kept(keys.letter(LetterId(ID)))


def long_work(_: str) -> Item:
    its = Job(id=JOB_ID, kind="k" * 64, subject=ID, at=AT, parts=999, finished_at=AT)
    return table.row(keys.long_work(JOB_ID), expires_at=MANY, **its.model_dump())


def part_of_work(_: str) -> Item:
    counted = {f"{number:064}": MANY for number in range(10)}
    its = Part(number=999, rev=MANY, leased_until=AT, position=f"255:{'g' * 25}", units=MANY, counted=counted)
    return dict(parts.written(keys.part_of_work(JOB_ID, 999), its, DAY_ONE).item)


def job(_: str) -> Item:
    return table.row(keys.job("n" * 64, f"{ID}#{ID}", date.max.isoformat()), expires_at=MANY)


def import_(signs: str) -> Item:
    """As many headings as may be said something of, each of another text."""
    named: dict[str, str | None] = {filled(signs, 195) + f"{number:05}": "departure" for number in range(100)}
    its = Import(
        id=ImportId("i" + "0" * 24), at=AT, by="s" * 70, kind="guests", source="s" * 40, exported_at=AT,
        property_id=PropertyId(ID), columns=named, encoding="iso8859-15", delimiter=";",
        read=ReadAs(date_order="month_first", decimal="comma", currency="EUR"), reading=JOB_ID, storing=JOB_ID,
    )  # fmt: skip
    imports.save(its)
    return kept(keys_of_imports.import_(its.id))


ROWS: Rows = {
    "import_": Largest(import_, 240_000, FOUR),
    "run": Largest(run, 2_100),
    "run_content": Largest(run_content, 359_300, FOUR),
    "launch": Largest(launch, 120),
    "plan": Largest(plan, 270),
    "chunk": Largest(chunk, 4_400),
    "chunk_back": Largest(chunk_back, 80),
    "told_later": Largest(told_later, 120),
    "queued": Largest(queued, 80),
    "sent": Largest(sent, 850),
    "pacing": Largest(pacing, 250),
    "waking": Largest(waking, 90),
    "letter": Largest(letter, 250_500),
    "long_work": Largest(long_work, 390),
    "part_of_work": Largest(part_of_work, 1_200),
    "job": Largest(job, 300),
}

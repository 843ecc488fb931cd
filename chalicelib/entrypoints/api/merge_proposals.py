"""POST /v1/merge-candidates: pairs that an audit found, to wait for somebody's answer."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.snapshots import HubId
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.merge_candidates import EvidenceShown
from chalicelib.identity.model import pair_of
from chalicelib.profiles import proposing
from chalicelib.profiles.proposing import Answered, Outcome

MOST_PAIRS = 25
Two = Annotated[list[HubId], Field(min_length=2, max_length=2)]


class MergeProposalsAsked(BaseModel):
    """Pairs of records that may be one person's, by their ids."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pairs: Annotated[list[Two], Field(min_length=1, max_length=MOST_PAIRS)]


class ProposalAnswered(Shown):
    """`proposed`: the pair waits for an answer. `waiting`: its guests did already. `settled`: they are one, or somebody
    keeps them apart. `contradicted`: a name, a birthday or a generation of theirs says that they are two. `unlike`: the
    score is below `review_from`. `nobodys`: nothing is said of one of them. `records` are the two that were compared:
    of the two guests the likeliest."""

    records: list[str]
    outcome: Outcome
    score: float | None
    evidence: list[EvidenceShown]


class ProposalsAnswered(Shown):
    items: list[ProposalAnswered]


def propose(ask: Ask, body: MergeProposalsAsked) -> ProposalsAnswered:
    """Have pairs of records wait for an answer among the merge candidates, for 100 days.

    Each is compared by what is set, as all others are; nobody is joined. The same again changes nothing.
    """
    for at, (one, other) in enumerate(body.pairs):
        if one == other:
            raise Invalid(FieldError(f"pairs.{at}", "must be two different ones", "pairs.?"))
    pairs = [pair_of(Leaf(one), Leaf(other)) for one, other in body.pairs]
    return ProposalsAnswered(items=[_shown(each) for each in proposing.propose(pairs, ask.now)])


def _shown(answered: Answered) -> ProposalAnswered:
    weighed = answered.weighed
    return ProposalAnswered(
        records=list(answered.pair),
        outcome=answered.outcome,
        score=round(weighed.bits, 1) if weighed else None,
        evidence=[EvidenceShown.model_validate(each._asdict()) for each in weighed.evidence] if weighed else [],
    )

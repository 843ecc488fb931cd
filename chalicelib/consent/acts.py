"""What the acts through several leaves come to: the same in any order. Pure."""

from collections.abc import Iterable

from chalicelib.consent.model import REMEMBERED, Acts, Consent, State, remembered_key

GRANTED: frozenset[State] = frozenset({"explicit", "confirmed", "implicit"})


def standing_acts(several: Iterable[Acts]) -> dict[str, Consent]:
    """What stands of the acts of each leaf: the newest, but that a yes that is claimed takes back nothing but what was
    claimed through the same leaf. The same in any order."""
    acts = [*several]
    newest, proven = _newest(acts), _newest(map(without_claimed_yes, acts))
    standing = {key: act for key, act in proven.items() if act.state == "withdrawn" and _is_word(key)}
    return _without_told_anyway(newest | standing)


def without_claimed_yes(acts: Acts) -> dict[str, Consent]:
    """What is known of a leaf besides: where it says so, the no that it is remembered to have said."""
    found = dict(acts)
    for key, act in acts.items():
        if act.claimed and act.state in GRANTED:
            del found[key]
            objection = acts.get(remembered_key(key))
            if objection and not objection.claimed:
                found[key] = objection
    return found


def _is_word(key: str) -> bool:
    """And no memory of one."""
    return not key.endswith(REMEMBERED)


def newest_acts(acts: Iterable[Acts]) -> dict[str, Consent]:
    """Of several leaves, or of one after another act: the same in any order. An objection is remembered, beside the
    yes that took it back."""
    return _without_told_anyway(_newest(acts))


def _newest(acts: Iterable[Acts]) -> dict[str, Consent]:
    newest: dict[str, Consent] = {}
    for each in acts:
        for key, act in each.items():
            newest[key] = newer(newest.get(key), act)
            if act.state == "withdrawn":
                objection = remembered_key(key)
                newest[objection] = _proven_first(newest.get(objection), act)
    return newest


def _proven_first(one: Consent | None, other: Consent) -> Consent:
    """Of two objections the one to be remembered: one that is claimed is taken back more easily."""
    return one if one and (not one.claimed, rank(one)) >= (not other.claimed, rank(other)) else other


def _without_told_anyway(newest: Acts) -> dict[str, Consent]:
    return {key: act for key, act in newest.items() if not _is_told_anyway(key, newest)}


def _is_told_anyway(key: str, newest: Acts) -> bool:
    """Whether it remembers an objection that is in effect."""
    answer = newest.get(key.removesuffix(REMEMBERED)) if key.endswith(REMEMBERED) else None
    return answer is not None and answer.state == "withdrawn" and rank(answer) >= rank(newest[key])


def newer(one: Consent | None, other: Consent) -> Consent:
    """The newer of two acts; of two at the same instant the objection."""
    return other if one is None or rank(other) > rank(one) else one


def rank(act: Consent) -> tuple[str, bool, str, str]:
    return act.last_said, act.state == "withdrawn", act.state, act.basis

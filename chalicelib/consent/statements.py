"""What is a statement of its own beside those that are proven. Pure."""

from collections.abc import Iterable, Mapping

from chalicelib.consent.model import Consent, Receipt


def is_other_statement(known: Iterable[Receipt], asked: Consent, proof: Mapping[str, str], *, dated: bool) -> bool:
    """Whether something that is no news is a statement of its own beside those that are proven; `known` are these up to
    its time, the newest first.

    One that names its time is the same only as one of that very time. Without, it is the last one of before once more,
    if it says the same in the same words, or in fewer of them: who clicks twice said it once.
    """
    for each in known:
        is_earlier = each.at < asked.at
        is_alike = (each.state, each.basis) == (asked.state, asked.basis) and each.proof.items() >= proof.items()
        if is_alike and not (is_earlier and dated):
            return False
        if is_earlier:
            break
    return True

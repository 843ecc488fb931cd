"""What was said about consent, as the API shows it."""

from collections.abc import Collection, Iterator
from typing import Literal

from chalicelib.canonical.ids import ChannelName, ControllerId, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import (
    REMEMBERED,
    Basis,
    Consent,
    Gate,
    PartName,
    Purpose,
    Receipt,
    State,
    controller_of,
    part_of,
    purpose_of,
)
from chalicelib.entrypoints.api.answers import KnownChannel, Shown
from chalicelib.settings.legal import ConsentSettings


class ConsentShown(Shown):
    """What was said to one legal entity about one purpose on one channel; `none` where nothing was."""

    channel: KnownChannel
    purpose: Purpose
    controller: str
    state: State | Literal["none"]
    basis: Basis | None = None
    at: Instant | None = None


class ChoiceShown(ConsentShown):
    """What was said about a `part` of a purpose alone: one of the company's topics by its id, or mails that come
    oftener than once a week (`@week`) or once a month (`@month`)."""

    part: PartName


class ReceiptShown(ConsentShown):
    """The proof of one act; `words` are what the guest was shown, where the receipt names a text. Of a choice it is
    about a `part` of the purpose."""

    part: PartName | None = None

    leaf: Leaf
    proof: dict[str, str]
    words: str | None = None


def choices_in(gate: Gate, controllers: Collection[ControllerId]) -> Iterator[ChoiceShown]:
    for key, said in sorted(gate.answers.items()):
        part, controller = part_of(key), controller_of(key)
        if part and not key.endswith(REMEMBERED) and controller in controllers:
            told = said.model_dump(exclude={"again", "claimed"})
            names = {"channel": gate.channel, "purpose": purpose_of(key), "controller": controller, "part": part}
            yield ChoiceShown.model_validate({**names, **told})


def consent_shown(
    channel: ChannelName, purpose: Purpose, controller: ControllerId, consent: Consent | None
) -> ConsentShown:
    said = consent.model_dump(exclude={"again", "claimed"}) if consent else {"state": "none"}
    return ConsentShown.model_validate({"channel": channel, "purpose": purpose, "controller": controller, **said})


def receipt_shown(receipt: Receipt, legal: ConsentSettings) -> ReceiptShown:
    key = receipt.purpose
    kept = receipt.model_dump(include=set(ReceiptShown.model_fields))
    text = legal.text(named, receipt.proof.get("language")) if (named := receipt.proof.get("text")) else None
    words = text.text if text else None
    about = {"controller": controller_of(key), "purpose": purpose_of(key), "part": part_of(key) or None}
    return ReceiptShown.model_validate({**kept, **about, "words": words})

"""What somebody asked for who signed up, until they confirm it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from chalicelib.canonical.ids import ControllerId, Digest, Leaf, PropertyId, SignupId
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import WRITTEN_FOR, Purpose

LASTS = timedelta(days=7)
"""How long a sign-up can be confirmed. What nobody confirms is kept no longer."""
MOST_WORDS = 1_000
MOST_PAGE = 300
Via = Literal["form", "api", "desk", "phone"]
"""The hub's own form, somebody else's that asked over the API, the front desk, or the guest's own phone there."""
About = Mapping[Purpose, Mapping[str, str]]
NEWSLETTERS: About = {purpose: {} for purpose in WRITTEN_FOR}
"""What those agree to who sign up."""


@dataclass(frozen=True)
class Signup:
    """`words` are what stood above the button, in `language`; `page` is where. `asked_from` is the network that it came
    from, and `key_id` the key that handed it on. `controller` is the legal entity in whose names it was asked. Of the
    parts of the purpose (`PartName`) `refused` are those that the person does not want, and `wanted` those that they
    chose, each with the words beside it.

    Who is a guest already is asked through the record `leaf`, which has the `address` (its digest): what is kept here
    does not have it. `about` is what is agreed to, and what else the receipt of each holds.
    """

    id: SignupId
    email: str
    controller: ControllerId
    words: str
    language: str
    via: Via
    asked_at: Instant
    until: Instant
    property_id: PropertyId | None = None
    given_name: str | None = None
    family_name: str | None = None
    page: str = ""
    asked_from: str = ""
    key_id: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    wanted: Mapping[str, str] = field(default_factory=dict)
    confirmed_at: Instant | None = None
    confirmed_from: str = ""
    leaf: Leaf | None = None
    address: Digest | None = None
    about: About = field(default_factory=lambda: NEWSLETTERS)

    def proof(self, purpose: Purpose, words: str = "") -> dict[str, str]:
        """What a receipt holds: who asked whom for what, in which words, and from where it was confirmed. That of a
        part of the purpose has the `words` that stood beside it."""
        told = {
            "via": f"signup_{self.via}",
            "words": words or self.words,
            "language": self.language,
            "page": self.page,
            "asked_at": self.asked_at,
            "asked_from": self.asked_from,
            "confirmed_from": self.confirmed_from,
            "key_id": self.key_id,
            **self.about[purpose],
        }
        return {name: value for name, value in told.items() if value}

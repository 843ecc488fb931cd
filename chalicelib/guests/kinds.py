"""In which words a record says what can be used of it."""

from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, PlainSerializer

EmailKind = Literal["own", "relay", "shared", "unusable"]
Nobody = Literal["anonymised", "no_person", "erased"]
"""Why a profile is nobody's: its source took the person out of it, or says that it is none; or the person was erased
here, whatever the source says later."""
Unprofiled = Literal["restricted", "objected"]
"""Why nothing is computed of how a guest behaves: the use of their data is restricted, or they object to profiling."""
Unusable = Literal["email", "phone", "member_number", "birth_date"]
"""Fields that can say nothing as they were filled in."""
UNPROFILED = "np"
"""How the head names it, and by one letter says why, so that it stays within one write unit."""


def _in_full(kept: object) -> object:
    return {"r": "restricted", "o": "objected"}.get(kept, kept) if isinstance(kept, str) else kept


WhyInShort = Annotated[
    Unprofiled | None,
    BeforeValidator(_in_full),
    PlainSerializer(lambda why: why[0], when_used="json-unless-none"),
    Field(validation_alias=AliasChoices("unprofiled", UNPROFILED), serialization_alias=UNPROFILED),
]

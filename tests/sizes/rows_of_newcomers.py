"""What those make who sign up for newsletters, and lists of those who want no advertising."""

from datetime import date

from chalicelib.aws import keys_of_newcomers as keys
from chalicelib.aws import keys_of_registers, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import CaptureId, ControllerId, Digest, Leaf, PropertyId, StaffId, signup_of
from chalicelib.canonical.time import Instant
from chalicelib.captures import store as codes
from chalicelib.captures.model import MOST_SAID, Code
from chalicelib.consent.model import PURPOSES
from chalicelib.messages.model import State
from chalicelib.settings.legal import MOST_TOPICS
from chalicelib.signups import store
from chalicelib.signups.model import Signup
from tests.sizes.inputs import FOUR, ID, Largest, Rows, filled
from tests.sizes.rows_of_guests import AT

ONE = signup_of("one")
LEAF = Leaf("g" + "0" * 24)
SOON = Instant("2026-01-01T00:00:00.000000Z")
MOST_TEXT = 2_000
"""Characters of a text of the consent settings."""


def signup(signs: str) -> Item:
    """Of a guest who was asked at the desk: two texts that were read out to them, and what was said."""
    said = {"text": ID, "language": "l" * 35, "how": filled(signs, MOST_SAID), "staff_id": "st" + "0" * 24}
    its = Signup(
        id=ONE, email="", controller=ControllerId(ID), words=filled(signs, 2 * MOST_TEXT), language="l" * 12,
        via="phone", asked_at=AT, until=AT, property_id=PropertyId(ID), leaf=LEAF, address=Digest("d" * 64),
        about=dict.fromkeys(PURPOSES, said),
        refused={f"{at:0>16}": filled(signs, 60) for at in range(MOST_TOPICS)} | {"@month": filled(signs, 60)},
    )  # fmt: skip
    return {**store.row(its), "confirmed_at": AT, "confirmed_from": "0" * 45}


def capture(_: str) -> Item:
    code = Code(
        CaptureId("cp" + "0" * 24), LEAF, PropertyId(ID), StaffId("st" + "0" * 24), "front_desk", is_person=True,
        scopes=tuple(PropertyId(f"{number:064}") for number in range(500)), until=SOON,
    )  # fmt: skip
    return {**codes.row(code), "taken": "d" * 64, "taken_at": AT, "outcome": "address_only"}


def signup_mail(_: str) -> Item:
    return table.row(keys.signup_mail(ONE), state=State.CLAIMED, reason="r" * 64, at=AT, expires_at=10**12)


def register(_: str) -> Item:
    return table.row(keys_of_registers.register(f"{'r' * 16}#sha512"), made_on="2026-11-01")


def register_hash(_: str) -> Item:
    return table.row(
        keys_of_registers.register_hash(f"{'r' * 16}#sha512", date(2026, 11, 1), "f" * 128), expires_at=10**12
    )


ROWS: Rows = {
    "signup": Largest(signup, 21_000, FOUR),
    "capture": Largest(capture, 40_000),
    "signup_mail": Largest(signup_mail, 230),
    "register": Largest(register, 90),
    "register_hash": Largest(register_hash, 230),
}

"""What those make who sign up for newsletters, and lists of those who want no advertising."""

from datetime import date

from chalicelib.aws import keys_of_newcomers as keys
from chalicelib.aws import keys_of_registers, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import ControllerId, PropertyId, signup_of
from chalicelib.messages.model import State
from chalicelib.signups import store
from chalicelib.signups.model import MOST_PAGE, MOST_WORDS, Signup
from tests.sizes.inputs import FOUR, ID, Largest, Rows, filled
from tests.sizes.rows_of_guests import AT

ONE = signup_of("one")


def signup(signs: str) -> Item:
    its = Signup(
        id=ONE, email=filled(signs, 320), controller=ControllerId(ID), words=filled(signs, MOST_WORDS),
        language="l" * 12, via="form", asked_at=AT, until=AT, property_id=PropertyId(ID), given_name=filled(signs, 200),
        family_name=filled(signs, 200), page="p" * MOST_PAGE, asked_from="0" * 45, key_id="k" + "0" * 24,
    )  # fmt: skip
    return {**store.row(its), "confirmed_at": AT, "confirmed_from": "0" * 45}


def signup_mail(_: str) -> Item:
    return table.row(keys.signup_mail(ONE), state=State.CLAIMED, reason="r" * 64, at=AT, expires_at=10**12)


def register(_: str) -> Item:
    return table.row(keys_of_registers.register(f"{'r' * 16}#sha512"), made_on="2026-11-01")


def register_hash(_: str) -> Item:
    return table.row(
        keys_of_registers.register_hash(f"{'r' * 16}#sha512", date(2026, 11, 1), "f" * 128), expires_at=10**12
    )


ROWS: Rows = {
    "signup": Largest(signup, 7_750, FOUR),
    "signup_mail": Largest(signup_mail, 230),
    "register": Largest(register, 90),
    "register_hash": Largest(register_hash, 230),
}

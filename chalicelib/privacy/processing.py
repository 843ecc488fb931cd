"""The record of processing (article 30 of the GDPR): what is kept of whom, why, for how long, and who gets it. Pure.

It is told from the kinds of rows that the hub writes and from what is set; a kind that is personal and stands nowhere
here fails a test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from chalicelib.canonical.ids import ControllerId, PropertyId
from chalicelib.privacy.model import KEPT_FOR

CategoryName = Literal[
    "identity", "stays", "notes", "consents", "loyalty", "messages", "rights", "audit", "in_transit", "staff"
]
GUESTS, CHILDREN, SUBSCRIBERS = "guests", "children who travel with them", "people who sign up for newsletters"
STAFF = "people who work with the hub"


class Category(NamedTuple):
    """`rows` are the kinds of rows by the names of their keys."""

    data: str
    persons: tuple[str, ...]
    rows: frozenset[str]


def _rows(names: str) -> frozenset[str]:
    return frozenset(names.split())


CATEGORIES: Mapping[CategoryName, Category] = {
    "identity": Category(
        "names, addresses, telephone, e-mail, birthday or age category, language, nationality, preferences, own fields,"
        " which records are one person, who lives together, who speaks for which company;"
        " of children name, age and language alone",
        (GUESTS, CHILDREN),
        _rows("head record name identifier block candidate decisions proposal proposed household")
        | _rows("contact ACCOUNTS"),
    ),
    "stays": Category(
        "reservations and stays with dates, room, party, amounts and charges",
        (GUESTS, CHILDREN),
        _rows("stay companion charge reservation reservation_of_charge"),
    ),
    "notes": Category(
        "what staff wrote down to serve a guest, and what was to be done before an arrival",
        (GUESTS,),
        _rows("note tasks tasked"),
    ),
    "consents": Category(
        "what was agreed or objected to, when, and its proof (network address, browser, words at the desk)",
        (GUESTS, SUBSCRIBERS),
        _rows("gate acts receipt signup signup_mail capture register_hash"),
    ),
    "loyalty": Category(
        "memberships, points and what they were given for",
        (GUESTS,),
        _rows("account ledger_entry given spending member"),
    ),
    "messages": Category(
        "which messages went out or were held and why, whether they arrived; opens and clicks of who agreed to that",
        (GUESTS, SUBSCRIBERS),
        _rows("message sent chunk chunk_back told_later plan letter"),
    ),
    "rights": Category(
        "what a person asked for about their data and what became of it, in codes and dates",
        (GUESTS,),
        _rows("request request_of erasure erasure_of"),
    ),
    "audit": Category("who looked at or changed whose data, and when", (GUESTS, STAFF), _rows("audit")),
    "in_transit": Category(
        "notices as they came, imported lists, answers to repeated requests, positions of long work",
        (GUESTS,),
        _rows("mark idempotency import_ long_work part_of_work queued"),
    ),
    "staff": Category(
        "name, e-mail address, role, sessions and tries to sign in",
        (STAFF,),
        _rows("staff staff_address staff_mail session identity link attempts"),
    ),
}
"""What is personal, by the rows that hold it."""


class Purpose(NamedTuple):
    """`basis` is an article of the GDPR; `needs` says what must be set up for it to be done at all."""

    purpose: str
    basis: str
    categories: tuple[CategoryName, ...]
    needs: Literal["programme"] | None = None


PURPOSES: Sequence[Purpose] = (
    Purpose(
        "serve a booked stay: arrival lists, what the guest needs, messages about the stay",
        "6(1)(b): contract",
        ("identity", "stays", "notes", "messages", "in_transit"),
    ),
    Purpose(
        "know a guest again whom several systems or hotels know",
        "6(1)(f): legitimate interest in serving one person as one",
        ("identity", "stays", "in_transit"),
    ),
    Purpose(
        "send news and offers, and choose whom they fit",
        "6(1)(a): consent; 6(1)(f) where the law of every country concerned lets a booking stand for it",
        ("identity", "stays", "consents", "messages"),
    ),
    Purpose(
        "keep a loyalty programme",
        "6(1)(b): contract of membership",
        ("identity", "stays", "loyalty", "messages"),
        "programme",
    ),
    Purpose("answer what people ask for, and prove it", "6(1)(c): legal obligation", ("rights", "consents", "audit")),
    Purpose("let staff sign in, and show who did what", "6(1)(f): legitimate interest in security", ("staff", "audit")),
)
SECURITY = (
    "encryption at rest of table, bucket, queues and secrets, and TLS on every way",
    "card numbers, documents, health data and vendors' tokens are taken out before anything is queued or kept",
    "identifiers are found by keyed digests; nothing personal in logs, queues of facts or archives of the bus",
    "roles, hotels' sight of their own guests alone, an audit of every look and change",
    "sign-in by single-use links or the company's own provider; keys are kept as digests and can be ended",
    "point-in-time recovery; who was erased or objected is told again to a restored table",
)


class Controller(NamedTuple):
    id: ControllerId
    name: str
    postal_address: str
    properties: tuple[PropertyId, ...]


class Recipient(NamedTuple):
    """Who works the data for the controllers, or is where they come from. Without `properties` it is for all hotels."""

    name: str
    role: Literal["processor", "source"]
    what: str
    properties: tuple[PropertyId, ...] = ()


@dataclass(frozen=True)
class Record:
    """As of one moment. `months` is how long guests are kept (None: until they are erased); `region` is where."""

    controllers: Sequence[Controller]
    purposes: Sequence[Purpose]
    recipients: Sequence[Recipient]
    region: str
    months: int | None
    erases: bool


def purposes(*, has_programme: bool) -> list[Purpose]:
    return [each for each in PURPOSES if each.needs is None or has_programme]


def kept(category: CategoryName, months: int | None, *, erases: bool) -> str:
    """For how long, in words."""
    known = OF_ITSELF.get(category)
    if known:
        return known
    if months and erases:
        return f"{months} months after the last stay or word, or until the guest is erased; then without the person"
    return "until the guest is erased; then without the person"


OF_ITSELF: Mapping[CategoryName, str] = {
    "rights": "three years after it was closed",
    "audit": f"{KEPT_FOR['audit'].days} days",
    "in_transit": f"{KEPT_FOR['raw_notices'].days} days at most",
    "staff": f"as long as somebody works there, and {KEPT_FOR['audit'].days} days",
}
"""What does not go with the guest."""

"""A page of the console: what a browser gets, and what it costs in AWS calls and in CPU beside them."""

import gzip
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from benchmarks import campaign, hub, season, webhooks
from benchmarks.figures import OF_MEASURED, Figure
from benchmarks.population import Population
from benchmarks.stopwatch import Sides, compare
from benchmarks.tape import Bare, Tape, plain
from benchmarks.wire import Answer
from chalicelib.access import sessions
from chalicelib.access.model import Caller
from chalicelib.access.staff import actions as staff
from chalicelib.access.staff.model import StaffAsked
from chalicelib.canonical import time
from chalicelib.canonical.ids import EVERYWHERE, KeyId

GUESTS = 50
LARGEST, LONGEST = 60, 30
"""KB of 1,024 bytes, of a page with all its files; milliseconds of CPU."""
LEVEL = 6
"""Of gzip, by which the gateway's compression is told."""
FILES = re.compile(r'(?:href|src)="(?:\.\./)*(console/static/[^"]+)"')
TURNS = 4
"""Times that a page is shown in one turn of the stopwatch."""


class Screen(NamedTuple):
    """A page with so many guests on it, and what makes the hub in which it is asked for."""

    name: str
    path: str
    opened: Callable[[], object]
    row: str = '<th scope="row">'
    """What stands once for each guest."""


def booked() -> None:
    """Guests of one family name, who all arrive on one day."""
    cloud = hub.open_hub()
    season.open_hotel()
    webhooks.push(cloud, [season.webhook(booking(number)) for number in range(GUESTS)])


def mailed() -> None:
    """A campaign to more guests than a page shows, and its run at its end."""
    for function, event in campaign.steps(campaign.launched(Population(4 * GUESTS))):
        hub.run(function, event)


BOARD_LINE = '<th scope="row" dir="auto">'
"""What a row begins with: a line leads to its guest more than once."""
SCREENS: Sequence[Screen] = (
    Screen("50 guests of a run, and why", "/console/campaigns/spring/decisions", mailed),
    Screen("50 guests found by name", "/console/guests?q=Lee", booked),
    Screen("a hotel's board of 50 lines", "/console/board/vienna?date=2026-02-01", booked, BOARD_LINE),
)


def figures(rounds: int) -> list[Figure]:
    return [figure for each in SCREENS for figure in of_screen(each, rounds)]


def of_screen(screen: Screen, rounds: int) -> Iterator[Figure]:
    screen.opened()
    event = asked(screen.path, signed_in())
    html = shown(event)
    weight = sent(html) / 1024
    assert html.count(screen.row) == GUESTS, screen.path
    tape = _recorded(event)
    pair = compare(_sides(tape, event), rounds)
    name = f"a console page, {screen.name}"
    yield Figure(f"{name}: compressed, with all its files", "KB", weight, None, LARGEST, OF_MEASURED)
    beyond = pair.measured - pair.floor
    yield Figure(f"{name}: CPU beyond its AWS calls", "ms of CPU", beyond, None, LONGEST, OF_MEASURED)
    yield Figure(f"{name}: AWS calls", "calls", len(tape.calls))


def signed_in() -> str:
    """The cookie of somebody who may everything."""
    someone = StaffAsked(name="Mia", email="mia@hotel.example", role="admin", properties=(EVERYWHERE,))
    operator = Caller(KeyId("operator"), "admin", frozenset({EVERYWHERE}))
    kept = staff.invite(operator, someone, staff.id_of("mia"), time.instant(time.now()))
    return sessions.begin(kept, time.now())


def booking(number: int) -> dict[str, Any]:
    """Of one of the family, who arrives that day."""
    person = {**season.guest(number), "family_name": "Lee"}
    return season.booking(number, 0, occupants=[{"role": "primary", "guest": person}])


def asked(address: str, cookie: str = "") -> dict[str, Any]:
    """A GET as API Gateway hands it to Lambda."""
    parts = urlsplit(address)
    names = {f"part{at}": part for at, part in enumerate(parts.path.split("/")[2:])}
    sent_along = {"X-Forwarded-Proto": "https", "Accept-Language": "en", "Cookie": f"__Host-xenia={cookie}"}
    resource = "/console" + "".join(f"/{{{name}}}" for name in names)
    query = {name: [value] for name, value in parse_qsl(parts.query)}
    return {
        "resource": resource,
        "path": parts.path,
        "httpMethod": "GET",
        "headers": sent_along,
        "multiValueHeaders": {name: [value] for name, value in sent_along.items()},
        "multiValueQueryStringParameters": query or None,
        "pathParameters": names or None,
        "stageVariables": None,
        "requestContext": {"requestId": "r", "httpMethod": "GET", "resourcePath": resource, "path": parts.path},
        "body": None,
        "isBase64Encoded": False,
    }


def shown(event: Mapping[str, Any]) -> str:
    from app import app

    with hub.quiet():
        answer = app(event, hub.Context())
    assert answer["statusCode"] == 200, answer
    return str(answer["body"])


def sent(html: str) -> int:
    """Bytes of a page and of every file that it names, each compressed."""
    files = [f"/{each}" for each in FILES.findall(html)]
    return sum(len(gzip.compress(text.encode(), LEVEL)) for text in (html, *(shown(asked(each)) for each in files)))


def _recorded(event: Mapping[str, Any]) -> Tape:
    """A page that was shown before: what is asked for once in a process is not counted. From then on the wire gives
    each question its answer again, for some are asked beside each other, in any order; the row of the audit, which has
    the time in it, gets that of the row before."""
    wire, answers = hub.wire(), dict[tuple[str, str, bytes], Answer]()
    tape = Tape(wire)
    tape.record()
    kept = wire.reply

    def noted(*asked: Any) -> Answer:
        answers[asked] = kept(*asked)
        return answers[asked]

    wire.reply = noted
    shown(event)
    written = next(answer for (_, target, _), answer in answers.items() if target.endswith("PutItem"))
    wire.listen, wire.reply = None, lambda *asked: answers.get(asked, written)
    return tape


def _sides(tape: Tape, event: Mapping[str, Any]) -> Sides:
    bare = Bare(tape, plain)

    def floor() -> None:
        for _ in range(TURNS):
            bare.make(tape.calls)

    return Sides(lambda: [shown(event) for _ in range(TURNS)], floor, TURNS)

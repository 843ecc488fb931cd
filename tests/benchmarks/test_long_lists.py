"""Lists of the console with ten thousand guests behind them: each page within its calls and size, to the end."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest

from benchmarks import campaign, console, hub, season, webhooks
from benchmarks.cloud import Cloud
from benchmarks.population import Population
from chalicelib.aws import keys
from chalicelib.campaigns import actions, planning
from chalicelib.campaigns.model import PARTS
from chalicelib.canonical.ids import CampaignId, Leaf

GUESTS = 10_000
ARRIVING = 1_000
AT_ONCE = 200
"""Lines of a page, at most."""
LINK = re.compile(r'<a href="([^"]+cursor=[^"]+)" rel="next">')
MOST_PAGES = 60
"""A list that never ends is a fault, too."""
LARGEST = 180_000
"""Bytes of a page of 200 lines, before they are compressed."""
NAMED = re.compile(r"/guests/(g[0-9a-f]{24})")


def pages(cloud: Cloud, path: str) -> Iterator[tuple[str, int]]:
    """Each page of a list from the first to the last, with the calls of AWS that it took."""
    cookie, address = console.signed_in(), f"/console{path}"
    console.shown(console.asked(address, cookie))  # what a process asks once and keeps
    for _ in range(MOST_PAGES):
        cloud.calls.clear()
        html = console.shown(console.asked(address, cookie))
        yield html, sum(cloud.calls.values())
        following = LINK.search(html)
        if following is None:
            return
        address = "/console/" + unescape(following[1]).partition("console/")[2]


@pytest.mark.exhaustive(quick=())
def test_each_of_ten_thousand_guests_of_a_run_is_on_one_page_of_its_decisions() -> None:
    cloud = campaign.launched(Population(GUESTS))
    run = actions.campaign(CampaignId("spring")).run
    for part in range(PARTS):
        planning.plan_run({"run": run, "part": part})
    _check(cloud, f"/campaigns/spring/decisions?limit={AT_ONCE}", GUESTS, calls=26)


@pytest.mark.exhaustive(quick=())
def test_a_board_among_ten_thousand_guests_is_paged_to_its_end() -> None:
    cloud = hub.open_hub()
    _booked(cloud)
    _check(cloud, f"/board/vienna?date=2026-02-01&limit={AT_ONCE}", ARRIVING, calls=18)  # each of its batches is two


@pytest.mark.exhaustive(quick=())
def test_of_ten_thousand_guests_of_one_name_the_first_are_shown_and_that_there_are_more() -> None:
    cloud = hub.open_hub()
    _booked(cloud)
    ((html, calls),) = pages(cloud, "/guests?q=lee")
    assert len(set(NAMED.findall(html))) == 50
    assert "type more of the name" in html
    assert calls <= 10
    assert console.sent(html) < console.LARGEST * 1024


def _check(cloud: Cloud, path: str, guests: int, calls: int) -> None:
    seen = list[str]()
    for html, made in pages(cloud, path):
        seen += dict.fromkeys(NAMED.findall(html))
        assert made <= calls, made
        assert len(html) < LARGEST
        assert console.sent(html) < console.LARGEST * 1024
    assert (len(seen), len(set(seen))) == (guests, guests)


def _booked(cloud: Cloud) -> None:
    """One booking as it is kept, ten thousand times under other ids: a thousand of them arrive that day."""
    season.open_hotel()
    webhooks.push(cloud, [season.webhook(console.booking(7))])
    rows = cloud.table.overlay
    (leaf,) = {pk.partition("#")[2] for pk in rows if pk.startswith("LEAF#")}
    (stay,) = {pk.partition("#")[2] for pk in rows if pk.startswith("RESERVATION#")}
    head, record = json.dumps(rows[keys.head(Leaf(leaf)).pk][leaf]), json.dumps(rows[f"LEAF#{leaf}"]["RECORD"])
    (name,) = [sk for sk in rows[f"LEAF#{leaf}"] if sk.startswith("STAY#")]
    line = json.dumps(rows[f"LEAF#{leaf}"][name])
    for number in range(1, GUESTS):
        other, reservation = f"g{number:024x}", f"r{number:024x}"
        at = keys.head(Leaf(other))
        rows.setdefault(at.pk, {})[at.sk] = json.loads(head.replace(leaf, other)) | {"pk": {"S": at.pk}}
        kept = rows.setdefault(f"LEAF#{other}", {})
        kept["RECORD"] = json.loads(record.replace(leaf, other))
        if number < ARRIVING:
            kept[name.replace(stay, reservation)] = json.loads(line.replace(leaf, other).replace(stay, reservation))

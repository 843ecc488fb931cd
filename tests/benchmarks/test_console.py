"""A page of the console weighs and costs what it may."""

import pytest

from benchmarks import console
from benchmarks.console import SCREENS, Screen


@pytest.mark.exhaustive(quick=("50 guests found by name",))
@pytest.mark.parametrize("screen", SCREENS, ids=lambda each: each.name)
def test_a_page_of_fifty_guests_is_light(screen: Screen) -> None:
    """CPU is not judged beside other work: `make bench` does."""
    weight, _, calls = console.of_screen(screen, rounds=1)
    assert weight.holds
    assert calls.measured == CALLS[screen.name]


CALLS = {"50 guests of a run, and why": 18, "50 guests found by name": 10, "a hotel's board of 50 lines": 13}


def test_what_a_page_names_is_weighed_with_it() -> None:
    console.booked()
    html = console.shown(console.asked("/console/guests", console.signed_in()))
    assert len(console.FILES.findall(html)) == 4
    assert console.sent(html) > 25 * 1024

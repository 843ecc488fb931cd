"""Of two who say otherwise at once whether a guest is restricted one is the last: at the gate and on the profile."""

from contextlib import suppress
from functools import partial

import pytest

from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.time import Instant
from chalicelib.privacy.profiling import restrict
from tests.builders import at, reservation
from tests.crashes import beside, watching
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_restrictions_api import ANNA, PROFILE, is_profiled, is_restricted


@pytest.mark.parametrize("clock", [1, 0, -1])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("word", [True, False])
def test_gate_and_profile_say_the_same_whoever_says_otherwise_beside(
    hub: Hub, ingest: Ingest, word: bool, before: bool, clock: int
) -> None:
    ingest(reservation("r1", PROFILE))

    def say(minute: int, *, restricted: bool) -> None:
        with suppress(Conflict):
            restrict(ANNA, Instant(at(minute)), "staff", is_restricted=restricted)

    say(1, restricted=before)
    with watching() as calls:
        say(2, restricted=word)
    for number in range(len(calls.made) + 4):
        at_first = 5 + 5 * number
        say(at_first, restricted=before)
        mine = partial(say, at_first + 2, restricted=word)
        other = partial(say, at_first + 2 + clock, restricted=not word)
        beside(number, mine, other)
        assert is_restricted() != is_profiled(), f"before call {number}"

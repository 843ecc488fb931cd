"""Of tests that only look: one world for all of a module. To make it takes longer than to look at a page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.browser.conftest import coming, made
from tests.browser.stays import NOW
from tests.browser.visitors import Visitors
from tests.browser.worlds import World
from tests.conftest import account

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        account(monkeypatch),
        time_machine.travel(NOW, tick=True) as clock,
    ):
        yield made(clock, monkeypatch)


@pytest.fixture(scope="module")
def visitors(world: World, chromium: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitors]:
    with coming(world, chromium, tmp_path_factory.mktemp("shown")) as found:
        yield found

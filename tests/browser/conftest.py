"""The console in Debian's chromium: the hub on moto behind loopback, and a browser that somebody is signed in with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine

from chalicelib.aws import bus
from chalicelib.aws.settings import Settings
from tests.browser.stays import NOW
from tests.browser.visitors import Visitors
from tests.browser.worlds import Maker, World, at_once
from tests.served import served
from tests.tools import needed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright  # late: those who test something else need not wait for it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needed("chromium"), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is the noon of `stays.NOW`, and the clock goes."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def world(aws: Settings, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> World:
    return made(clock, monkeypatch)


@pytest.fixture
def visitors(world: World, chromium: "Browser", tmp_path: Path) -> Iterator[Visitors]:
    with coming(world, chromium, tmp_path) as found:
        yield found


def made(clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(bus, "announce", at_once)
    return Maker(clock).made()


@contextmanager
def coming(world: World, chromium: "Browser", folder: Path) -> Iterator[Visitors]:
    with served(folder) as address:
        found = Visitors(chromium, world, address)
        yield found
        found.leave()

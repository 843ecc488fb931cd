"""The hotel of most tests here."""

import pytest

from tests.loyalty.hotels import Hotel


@pytest.fixture
def hotel(monkeypatch: pytest.MonkeyPatch) -> Hotel:
    return Hotel(monkeypatch)

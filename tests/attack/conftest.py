"""The hub behind HTTP, with two hotels and a key for every role."""

import pytest

from tests.attack.hotels import Hotels
from tests.entrypoints.conftest import Hub, hub, ingest

__all__ = ["hub", "ingest"]


@pytest.fixture
def hotels(hub: Hub) -> Hotels:
    """Each hotel of a company of its own."""
    return Hotels(hub).opened()

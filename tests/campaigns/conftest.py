"""What most tests of campaigns begin with; one that has another morning, or other hotels, brings its own."""

from collections.abc import Iterator

import pytest
import time_machine

from chalicelib.aws.settings import Settings
from tests.campaigns.worlds import NOW
from tests.mail_fakes import FakeSes


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()

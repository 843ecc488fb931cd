"""The documents hold together: links lead somewhere, and every alarm has its runbook."""

import re
from pathlib import Path

import pytest

from infra.workers import queues
from tests.infra.test_template import name_of, of_type

PROJECT = Path(__file__).parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
ENDS = ("dead-letters", "age")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    lost = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert lost == []


def test_every_alarm_has_its_runbook() -> None:
    operations = (PROJECT / "docs" / "operations.md").read_text()
    headings = {
        name for line in re.findall(r"^### (.*)$", operations, re.MULTILINE) for name in re.findall("`([^`]*)`", line)
    }
    of_each_queue = {f"xenia-prod-{queue}-{end}": f"xenia-prod-{{queue}}-{end}" for queue in queues() for end in ENDS}
    alarms = {name_of(each["AlarmName"], Stage="prod") for each in of_type("AWS::CloudWatch::Alarm").values()}
    assert {of_each_queue.get(name, name) for name in alarms} == headings

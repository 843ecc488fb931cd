"""The names of channels, classes and reasons stand where they are defined, and nowhere else."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from chalicelib.consent.model import CHANNELS, PURPOSES
from chalicelib.messages.channels import register
from chalicelib.messages.holds import RULES
from chalicelib.messages.known import Words

ROOT = Path(__file__).parents[2] / "chalicelib"
VOCABULARY = "consent/model.py"
TABLE = "messages/holds.py"
OF_THE_TABLE = "messages/holding.py"
"""What some of its lines are made of."""
CHANNEL = "messages/channels/email.py"
OF_IDENTIFIERS_AND_TRAITS = (
    "identity/", "guests/", "segments/", "connectors/", "canonical/", "ingest/", "entrypoints/api/guests",
    "entrypoints/api/example", "entrypoints/console/pages/guests",
    "entrypoints/console/coded", "entrypoints/guest_pages/signing_up", "entrypoints/api/keyless", "signups/",
    "entrypoints/console/pages/guest_origins", "settings/guest_rules", "settings/matching",
    "captures/", "entrypoints/api/captures", "entrypoints/console/pages/capturing", "entrypoints/guest_pages/capturing",
)  # fmt: skip
"""Here the word is a kind of identifier, or the name of a trait, as `phone` is."""


@cache
def trees() -> dict[str, ast.Module]:
    """Of each file of the hub."""
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in ROOT.rglob("*.py")}


@cache
def texts() -> dict[str, set[object]]:
    """What stands in the code of each file."""
    return {
        path: {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        for path, tree in trees().items()
    }


def literals(word: str) -> set[str]:
    """The files of the hub that have this very text in their code."""
    return {path for path, found in texts().items() if word in found}


def test_marketing_is_written_in_the_table_the_vocabulary_and_the_channel_alone() -> None:
    assert literals("marketing") == {TABLE, VOCABULARY, CHANNEL}


def test_email_is_written_in_the_vocabulary_alone() -> None:
    found = {path for path in literals("email") if not path.startswith(OF_IDENTIFIERS_AND_TRAITS)}
    assert found == {VOCABULARY}


CHOOSERS = {"EMAIL", "MARKETING", "SURVEY", "SERVICE", "TRANSACTIONAL"}
"""Who has one of these at hand has chosen a channel, a purpose or a class."""
MAY_CHOOSE = {TABLE, VOCABULARY, CHANNEL, "messages/channels/register.py"}


def chosen(tree: ast.AST) -> set[str]:
    """The names of channels, purposes and classes that a module takes from elsewhere."""
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    looked_up = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return (imported | looked_up) & CHOOSERS


def test_nobody_chooses_a_channel_a_purpose_or_a_class_but_the_table_the_vocabulary_and_the_channel() -> None:
    assert {path for path, tree in trees().items() if chosen(tree)} == MAY_CHOOSE - {VOCABULARY}


def test_a_choice_that_crept_back_would_be_seen() -> None:
    planted = "from chalicelib.consent.model import EMAIL", "from chalicelib.consent import model\nmodel.MARKETING"
    assert [chosen(ast.parse(text)) for text in planted] == [{"EMAIL"}, {"MARKETING"}]


def test_no_rule_of_the_table_has_a_channel_s_own_words() -> None:
    strange = Words(address="loft", message="pigeon post")
    rules = [hold.rule_in(strange) for hold in RULES.values()]
    assert not [rule for rule in rules if re.search(r"\b(e-?mails?|mails?)\b|{", rule, re.IGNORECASE)]
    assert any("loft" in rule for rule in rules)


def test_what_channels_there_are_is_said_alike_in_both_registers() -> None:
    assert set(register.CHANNELS) == set(CHANNELS)
    assert {name: plug.identifier for name, plug in register.CHANNELS.items()} == dict(CHANNELS)
    assert len({purpose[0] for purpose in PURPOSES}) == len(PURPOSES)  # a link names its purpose by one letter


@pytest.mark.parametrize("capability", ["messages", "campaigns"])
def test_no_reason_to_hold_is_named_outside_the_table(capability: str) -> None:
    named = {
        path
        for path, tree in trees().items()
        if path.startswith(f"{capability}/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason"
    }
    assert named <= {TABLE, OF_THE_TABLE}


@pytest.mark.parametrize("name", ["sending", "candidates", "claims", "holds", "rules", "store"])
def test_deciding_and_claiming_know_no_channel_s_own_words(name: str) -> None:
    tree = ast.parse((ROOT / "messages" / f"{name}.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert "chalicelib.messages.channels.email" not in imported
    assert not names & {"mail", "email", "EMAIL"}

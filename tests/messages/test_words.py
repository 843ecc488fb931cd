"""The names of channels, classes and reasons stand where they are defined, and nowhere else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "chalicelib"
VOCABULARY = "consent/model.py"
TABLE = "messages/holds.py"
CHANNEL = "messages/channels/email.py"
OF_IDENTIFIERS_AND_TRAITS = (
    "identity/", "guests/", "segments/", "connectors/", "canonical/", "ingest/", "entrypoints/api/guests",
)  # fmt: skip
"""Here the word is a kind of identifier, or the name of a trait, as `phone` is."""


def literals(word: str) -> set[str]:
    """The files of the hub that have this very text in their code."""
    found = set()
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text())
        if any(isinstance(node, ast.Constant) and node.value == word for node in ast.walk(tree)):
            found.add(path.relative_to(ROOT).as_posix())
    return found


def test_marketing_is_written_in_the_table_the_vocabulary_and_the_channel_alone() -> None:
    assert literals("marketing") == {TABLE, VOCABULARY, CHANNEL}


def test_email_is_written_in_the_vocabulary_alone() -> None:
    found = {path for path in literals("email") if not path.startswith(OF_IDENTIFIERS_AND_TRAITS)}
    assert found == {VOCABULARY}


@pytest.mark.parametrize("capability", ["messages", "campaigns"])
def test_no_reason_to_hold_is_named_outside_the_table(capability: str) -> None:
    named = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / capability).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason"
    }
    assert named <= {TABLE}


@pytest.mark.parametrize("name", ["sending", "candidates", "claims", "holds", "rules", "store"])
def test_deciding_and_claiming_know_no_channel_s_own_words(name: str) -> None:
    tree = ast.parse((ROOT / "messages" / f"{name}.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert "chalicelib.messages.channels.email" not in imported
    assert not names & {"mail", "email", "EMAIL"}

"""Programs that some tests need beside Python."""

import os
import shutil
from pathlib import Path

import pytest

ALL_ARE_HERE = "XENIA_TEST_TOOLS"
"""Continuous integration sets it to `all`: there a program that is missing is a failure."""


def needed(program: str) -> str:
    """The path of a program; a test that finds none is skipped, and fails where all must be there."""
    if found := shutil.which(program):
        return found
    if os.environ.get(ALL_ARE_HERE) == "all":
        pytest.fail(f"{program} is needed here")
    pytest.skip(f"{program} is not on this machine")


def blocks(page: Path, heading: str) -> list[tuple[str, str]]:
    """The code blocks below a heading of a page, each with its language."""
    _, _, below = page.read_text().partition(f"\n## {heading}\n")
    section, _, _ = below.partition("\n## ")
    return fenced(section)


def fenced(text: str) -> list[tuple[str, str]]:
    """Its code blocks, each with its language."""
    return [(language, code) for language, _, code in (each.partition("\n") for each in text.split("```")[1::2])]

"""Files and functions stay as short as they are read."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from infra.package import PROJECT

LONGEST_FILE = 300
FILES = [path for folder in ("chalicelib", "infra", "benchmarks") for path in sorted((PROJECT / folder).rglob("*.py"))]


def lines_of_functions() -> Iterator[int]:
    """From the line of the name to the last one, docstring and inner functions included."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_longer_than_a_few_screens() -> None:
    assert {str(path.relative_to(PROJECT)): lines(path) for path in FILES if lines(path) > LONGEST_FILE} == {}


def test_half_of_all_functions_have_six_lines_or_fewer_and_nine_of_ten_sixteen() -> None:
    found = list(lines_of_functions())
    assert len(found) > 1_000
    assert median(found) <= 6
    assert quantiles(found, n=10)[-1] <= 16

"""What the edge takes of memory does not depend on what a body is made of."""

import subprocess
import sys

import pytest

from infra.workers import API, worker

TAKING = """
import sys
from datetime import UTC, datetime
from chalicelib.connectors.contract import Request
from chalicelib.connectors.vendors import edge_of
from chalicelib.ingest import edge

size, values = edge.LARGEST_BODY, edge.MOST_VALUES
body = eval(sys.argv[1])
assert len(body) <= size
try:
    edge.queueable(edge_of(sys.argv[2]), Request(body, {}, {}, datetime.now(UTC)))
except edge.Invalid:
    pass
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(peak) // 1024)
"""
SHAPES = {
    "one number": 'b"7" * size',
    "digits apart": """b'["' + b"4 " * (size // 2 - 10) + b'"]'""",
    "digits in groups": """b'["' + b"4111 1111 1111 1112 " * (size // 20 - 10) + b'"]'""",
    "empty objects": 'b"[" + b"{}," * (values // 2 - 2) + b"{}]"',
    "names": """b"{" + b",".join(b'"a%d":{}' % n for n in range(values // 3)) + b"}"  """,
    "card numbers": 'b"[" + b"4111111111111111," * (values - 3) + b"0]"',
    "escapes": r"""b'["' + rb"\u0034" * (size // 6 - 10) + b'"]'""",
    "quotes": r"""b'{"Data":"' + rb'\"' * (size // 2 - 10) + b'"}'""",
    "an emoji": """b'["' + b"a" * (size - 20) + "\U0001f642".encode() + b'"]'""",
    "no json": 'b"token" * (size // 5)',
    "digits of others": """b'["' + "\u0664 ".encode() * (size // 3 - 10) + b'"]'""",
}


QUICK = ("one number-canonical",)


@pytest.mark.exhaustive(quick=QUICK)
@pytest.mark.parametrize("vendor", ["mews", "canonical"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_worst_bodies_that_are_taken_fit_the_function(shape: str, vendor: str) -> None:
    """With boto3's clients, which the edge has beside this, 40 MB more.

    The kernel is asked for the peak: getrusage tells that of the process it was forked from, where that was larger.
    """
    code = [sys.executable, "-c", TAKING, SHAPES[shape], vendor]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    assert int(done.stdout) + 40 < worker(API).memory * 3 / 4

"""What of a template would take Liquid long to read, found before it is asked. Pure."""

import re
from collections.abc import Iterator

from chalicelib.messages.misfits import Found

TAG = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
LONGEST_TAG = 3_000
MOST_BLANKS = 100
BLANKS = re.compile(rf"\s{{{MOST_BLANKS + 1}}}")
VERBATIM = {
    name: (re.compile(rf"{{%-?\s*{name}\b"), re.compile(rf"{{%-?\s*end{name}\s*-?%}}")) for name in ("raw", "doc")
}
"""What begins and ends a part that Liquid takes as it stands."""


def dear_to_read(source: str) -> Iterator[Found]:
    """What Liquid would look through again and again, with work that grows with the square: tags without an end, for
    which it searches the rest each time, and long ones. Found in one pass each, before Liquid is asked."""
    for begin, end in (("{{", "}}"), ("{%", "%}")):
        if source.rfind(begin) > source.rfind(end):
            yield Found(f"a {begin} is never closed", source.rfind(begin))
    for name, (begins, ends) in VERBATIM.items():
        if _last(begins, source) > _last(ends, source):
            yield Found(f"a {name} tag is never closed", _last(begins, source))
    for tag in TAG.finditer(source):
        if BLANKS.search(tag[0]):
            yield Found(f"a tag has more than {MOST_BLANKS} blanks in a row", tag.start())
        if len(tag[0]) > LONGEST_TAG:
            yield Found(f"a tag has more than {LONGEST_TAG} characters", tag.start())


def _last(pattern: re.Pattern[str], source: str) -> int:
    return max((found.start() for found in pattern.finditer(source)), default=-1)

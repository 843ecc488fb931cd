"""What a guest prefers, as the profile has it. Pure."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from chalicelib.canonical.preferences import OFFERED
from chalicelib.guests.kept import Kept


class Preferences(Kept):
    """By kind, the words that count; guests/preferred.py says whose."""

    pillow: tuple[str, ...] = ()
    bed: tuple[str, ...] = ()
    floor: tuple[str, ...] = ()
    view: tuple[str, ...] = ()
    temperature: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    meal_plan: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    language: tuple[str, ...] = ()

    @property
    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """Those of which anything is known."""
        return {kind: values for kind in OFFERED if (values := getattr(self, kind))}


_TOKENS = """
pillow       ps soft          pf firm           pd feather    px extra
bed          bd double        bt twin
floor        fl low           fh high           fa away_from_the_lift
view         vs sea           vm mountains      vg garden     vc city
temperature  tc cool          tw warm
outlet       or restaurant    ob bar            ot terrace    os room_service
table        aw window        aq quiet          ao outdoors
meal_plan    mr room_only     mb breakfast      mh half_board mf full_board    ma all_inclusive
activities   cs swimming      cw wellness       cf fitness    ch hiking        cb cycling
activities   ck skiing        cg golf           ct tennis     cu culture       cc for_children
"""
"""How the head keeps them, so that it stays within one write unit: a kind's lines have two signs for each of its words.
What once stood for a word stands for no other."""


def _tokens() -> dict[str, tuple[str, str]]:
    found = {f"l{each}": ("language", each) for each in OFFERED["language"]}
    for kind, *rest in (line.split() for line in _TOKENS.strip().splitlines()):
        found |= {token: (kind, word) for token, word in zip(rest[::2], rest[1::2], strict=True)}
    return found


WORD_BY_TOKEN: Mapping[str, tuple[str, str]] = _tokens()
TOKEN_BY_WORD = {word: token for token, word in WORD_BY_TOKEN.items()}


def in_short(preferences: Preferences) -> str:
    told = ((kind, word) for kind, words in preferences.by_kind.items() for word in words)
    return " ".join(TOKEN_BY_WORD[each] for each in told if each in TOKEN_BY_WORD)


def spelled_out(tokens: str) -> dict[str, tuple[str, ...]]:
    """By kind, what `in_short` told; what no version of this knows is passed over."""
    return _by_kind(WORD_BY_TOKEN[each] for each in tokens.split() if each in WORD_BY_TOKEN)


def _by_kind(told: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for kind, word in told:
        found[kind] = (*found.get(kind, ()), word)
    return found


def _read(kept: object) -> object:
    return spelled_out(kept) if isinstance(kept, str) else kept


KeptInShort = Annotated[
    Preferences | None, BeforeValidator(_read), PlainSerializer(in_short, when_used="json-unless-none")
]

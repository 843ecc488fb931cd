"""What is left of an erased person at an address, a telephone or a member number of theirs. Pure.

Of the name no more is kept than keyed digests of its first letters: as much as tells that person from whoever else
reads the same mailbox.
"""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from chalicelib.canonical.ids import Digest
from chalicelib.canonical.time import Instant
from chalicelib.identity.names import Name, Words
from chalicelib.identity.nicknames import forms_of

MOST_TOMBS = 8
"""Of one identifier: people who shared it and were erased. Of more, whoever comes is taken for one of them."""
DIGITS = 6
ANYBODY: frozenset[str] = frozenset()

DigestOf = Callable[[str, str], Digest]


class Tomb(NamedTuple):
    """One person who carried it. Where nothing is known of the name it may be anybody."""

    at: Instant
    """When the person was erased."""
    given: frozenset[str] = ANYBODY
    family: frozenset[str] = ANYBODY

    @property
    def names(self) -> tuple[frozenset[str], frozenset[str]]:
        return self.given, self.family

    def is_of(self, other: "Tomb") -> bool:
        """Whether the name of somebody (a tomb as theirs would be) can be this person's: who has no given name, in full
        or as a letter, may be; given and family name may have been turned."""
        if not (self.given and other.given):
            return not (self.family and other.family) or not self.family.isdisjoint(other.family)
        is_turned = not self.family.isdisjoint(other.given) and not self.given.isdisjoint(other.family)
        return is_turned or not self.given.isdisjoint(other.given)


def tomb_of(name: Name, at: Instant, digest: DigestOf) -> Tomb:
    """With the first letters of the forms by which a given name is known besides: Bob is Robert."""
    given = {letter for word in name.given for letter in (word[:1], *(each[:1] for each in forms_of(word)))}
    return Tomb(at, _digests(given, digest), _digests(_letters(name.family), digest))


def _letters(words: Words) -> set[str]:
    return {word[:1] for word in words}


def _digests(letters: Iterable[str], digest: DigestOf) -> frozenset[str]:
    return frozenset(digest("letter", each)[-DIGITS:] for each in letters)


def with_tomb(tombs: Collection[Tomb], more: Tomb) -> tuple[Tomb, ...]:
    """Each name once, with the last time: the same in any order."""
    by_name = {each.names: each for each in tombs}
    before = by_name.get(more.names, more)
    by_name[more.names] = max(before, more, key=lambda each: each.at)
    if len(by_name) > MOST_TOMBS or (ANYBODY, ANYBODY) in by_name:
        return (Tomb(max(each.at for each in by_name.values())),)
    return tuple(sorted(by_name.values(), key=_order))


def _order(tomb: Tomb) -> tuple[str, list[str], list[str]]:
    return tomb.at, sorted(tomb.given), sorted(tomb.family)


def packed(tomb: Tomb) -> str:
    return f"{tomb.at} {'.'.join(sorted(tomb.given))} {'.'.join(sorted(tomb.family))}"


def unpacked(text: str) -> Tomb:
    at, given, family = text.split(" ")
    return Tomb(Instant(at), _set(given), _set(family))


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split(".")) if text else ANYBODY

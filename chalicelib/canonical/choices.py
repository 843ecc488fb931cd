"""How a refusal names what there is to choose from."""

from collections.abc import Iterable

FEW = 12


def known(choices: Iterable[str], meant: str = "") -> str:
    """All of a few; of many, the nearest to what was `meant`."""
    from difflib import get_close_matches  # only where something is refused

    names = sorted(choices)
    if len(names) <= FEW:
        return ", ".join(names) or "(there is none yet)"
    near = get_close_matches(meant, names, n=3, cutoff=0.5) or [each for each in names if meant and meant in each][:3]
    return f"{', '.join(near)} …, of {len(names)}" if near else ", ".join(names)

"""Which language a guest reads, and what a tag is taken for."""

import pytest
from babel import Locale, localedata

from chalicelib.languages.catalogues import Language, direction, nearest
from chalicelib.languages.negotiation import preferred


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ja", "en"),
        ("ja,pt-BR;q=0.8", "pt"),
        ("en;q=0.2, fr ; q=0.9", "fr"),
        ("de;q=0, es", "es"),
        ("it;q=nonsense,es;q=0.1", "es"),
        (",;;,q=1", "en"),
        ("*", "en"),
    ],
)
def test_the_language_that_is_wanted_most_and_known_wins(asked: str | None, language: str) -> None:
    assert preferred(asked) == language


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("ES_mx", "es"),
        ("ja", None),
        ("", None),
        (None, None),
        ("../de", None),
        (".", None),
    ],
)
def test_a_tag_is_taken_for_a_language_that_we_have_or_for_none(tag: str | None, language: str | None) -> None:
    assert nearest(tag) == language


def test_right_to_left_is_what_unicode_says() -> None:
    codes = [code for code in localedata.locale_identifiers() if "_" not in code]
    assert {code: direction(Language(code)) for code in codes} == {
        code: Locale.parse(code).text_direction for code in codes
    }

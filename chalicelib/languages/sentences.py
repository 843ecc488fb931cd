"""The sentences by which guests agree to something, in their language: what they read is kept as proof."""

from chalicelib.languages.catalogues import Language, catalogue


def agreeing_to_newsletters(language: Language, name: str) -> str:
    """`name` is that of whom they agree to get mail from; "" where it has none."""
    gettext = catalogue(language).gettext
    if not name:
        return gettext("I would like to get newsletters and offers by e-mail. I can leave at any time.")
    words = gettext("I would like to get newsletters and offers from %(name)s by e-mail. I can leave at any time.")
    return words % {"name": name}


def agreeing_to_be_followed(language: Language) -> str:
    return catalogue(language).gettext(
        "You may see which of your e-mails I open and what I click there, so that you write about what interests me."
    )

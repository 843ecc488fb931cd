"""Whether what a record gives as a name is one, or something to be read in a mail of the hotel's. Pure.

Whoever books under somebody else's address chooses the name in the mail that the hotel then sends there. What a mail
program would make a link of is taken apart anyway (`variables.clean`); this is about what remains to be read.
"""

import re

LONGEST_NAME = 150
"""Characters. Picasso's given names are 107."""
MOST_WORDS = 20
"""Picasso has 17 before the family's name."""
MOST_DIGITS = 6
"""`Juan 3rd` and `Room 204` are written where names belong; more digits are a code or a telephone number."""
ENDINGS = "com|net|org|info|biz|xyz|top|online|site|shop|club|app|dev|io|me|ly|ru|cn|link|click"
"""Of domains that stand alone; with a path behind it any will do."""
FOREIGN = (
    re.compile(rf"://|\bwww\s*\.|[^\W_]\.[^\W\d_]{{2,}}/|[^\W_]\.(?:{ENDINGS})(?![^\W_])", re.IGNORECASE),
    re.compile(r"\S\s*[@\uff20\ufe6b]\s*\S"),
    re.compile(r"[$€£¥₽₹₩₺₿฿]\s*[\d$€£]|\d\s*(?:[$€£¥₽₹₩₺₿฿%]|(?:USD|EUR|GBP|BTC|CHF)\b)"),
    re.compile(r"[!！]\s*[!！]|\S\s+\S.*[!！]|[!！].*\S\s+\S", re.DOTALL),
    re.compile(rf"(?:\d\D*){{{MOST_DIGITS + 1}}}"),
)
"""Links, e-mail addresses, money, cries of more than one word, and numbers."""
PITCHES = re.compile(
    r"you(?:'ve| have)? won\b.*\w\W+\w|congratulations\b|click here|claim (?:your|now)|free (?:gift|money|prize)"
    r"|gift card|act now|bitcoin|casino bonus|haben gewonnen|hier klicken|jetzt klicken|has ganado|haga clic|haz clic"
    r"|avez gagn|cliquez ici|hai vinto|clicca qui|voc[eê] ganhou|clique aqui|вы выиграли|нажмите|点击|中奖",
    re.IGNORECASE,
)
"""What nobody is called, in the languages of most of such mails. `You Won` is a name in Korean."""


def reads_like_advertising(name: str) -> bool:
    if name.isascii() and name.isalpha() and len(name) <= LONGEST_NAME:
        return False  # one plain word, as most names are
    if len(name) > LONGEST_NAME or len(name.split()) > MOST_WORDS:
        return True
    return any(each.search(name) for each in FOREIGN) or bool(PITCHES.search(name))

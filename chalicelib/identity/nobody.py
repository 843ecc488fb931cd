"""Profiles without a person: those that never had one, and those whose source took the person out. Pure."""

import re
from functools import cache

from chalicelib.identity.names import is_pseudo, name_of
from chalicelib.identity.scripts import plain, written

TAKEN_OUT = frozenset(
    {
        "anonymized", "anonymised", "anonymisiert", "anonymisierter", "anonymisierte", "anonymise", "anonymisee",
        "anonimizado", "anonimizada", "anonimizzato", "anonimizzata", "geanonimiseerd", "anonymiseret",
        "anonymiserad", "redacted", "erased", "deleted", "removed", "obfuscated", "pseudonymized", "pseudonymised",
        "geloescht", "geloscht", "supprime", "eliminado", "gdpr", "dsgvo", "rgpd", "ccpa", "erasure", "forgotten",
        "geloeschter", "geloschter", "geloeschte", "geloschte", "supprimee", "borrado", "borrada",
        "cancellato", "cancellata", "rimosso", "rimossa", "verwijderd", "slettet", "raderad", "poistettu", "usuniety",
        "usunieta", "anonimizowany", "anonimizowana", "anonymizovano", "smazano", "silindi", "anonimlestirildi",
    }
)  # fmt: skip
"""What a source writes where a name was."""
IN_OTHER_SCRIPTS = frozenset(
    {
        "匿名", "已匿名", "匿名化", "已删除", "已刪除", "已注销", "削除", "削除済み", "退会", "退会済み",
        "익명", "삭제", "삭제됨", "탈퇴", "탈퇴회원",
        "аноним", "анонимно", "анонимизировано", "обезличен", "обезличено", "удален", "удалена", "удалено",
        "видалено", "анонім", "анонімно", "ανώνυμος", "ανωνυμοποιημένος", "διαγράφηκε", "διαγραμμένος",
        "محذوف", "נמחק", "אנונימי", "ไม่ระบุชื่อ", "ลบแล้ว",
    }
)  # fmt: skip
"""The same in its own script, for transliterated it may be a name."""
BESIDE = frozenset(
    {
        "guest", "customer", "client", "user", "profile", "person", "contact", "member", "name", "first", "last",
        "given", "family", "firstname", "lastname", "surname", "gast", "kunde", "data", "by", "per", "on",
        "due", "to", "for", "request", "privacy", "reasons", "law", "art", "article", "right", "be", "ospite",
        "cliente", "klient", "gosc", "gost",
    }
)  # fmt: skip
"""What may stand beside it."""
MASKED = re.compile(r"[*#•_x-]{3,}|\w?[*•]{2,}\w?", re.IGNORECASE)
WORDS = re.compile("[a-z0-9]+")


def is_anonymised(given: str | None, family: str | None) -> bool:
    """Whether a name says that there was one: `Anonymized Anonymized`, `Deleted Guest`, `***`."""
    texts = [text.strip() for text in (given, family) if text and text.strip()]
    if texts and all(MASKED.fullmatch(text) or _is_taken_out(text) for text in texts):
        return True
    words = {word for text in texts for word in _words(text)}
    return not words.isdisjoint(TAKEN_OUT) and words <= TAKEN_OUT | BESIDE


def _is_taken_out(text: str) -> bool:
    return written(text) in _in_other_scripts()


@cache
def _in_other_scripts() -> frozenset[str]:
    return frozenset(map(written, IN_OTHER_SCRIPTS))


def _words(text: str) -> set[str]:
    """Without the numbers beside them: `Anonymized 8f3a2b`, `Deleted user123`."""
    ends = (word.rstrip("0123456789") for word in WORDS.findall(plain(text)))
    return {word for word in ends if word.isalpha()}


def is_nobody(given: str | None, family: str | None) -> bool:
    """Whether it is no person's name: a walk-in, a paymaster."""
    return is_pseudo(name_of(given, family))

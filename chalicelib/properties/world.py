"""What exists in the world, for what people type: countries and currencies, as Unicode's CLDR lists them."""

from functools import cache

from chalicelib.canonical.choices import known


@cache
def countries() -> frozenset[str]:
    """By their two letters, those whose telephone numbers can be read."""
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


@cache
def currencies() -> frozenset[str]:
    """By their three letters, those that are legal tender somewhere today."""
    from babel.core import get_global

    listed = [each for some in get_global("territory_currencies").values() for each in some]
    return frozenset(code for code, _, until, is_tender in listed if until is None and is_tender)


@cache
def currencies_ever() -> frozenset[str]:
    """With those of the past, in which hotels had revenue."""
    from babel.core import get_global

    return frozenset(code for some in get_global("territory_currencies").values() for code, *_ in some)


@cache
def _called_otherwise() -> dict[str, str]:
    """Country → what people call it as well."""
    from babel.core import get_global

    aliases = get_global("territory_aliases").items()
    return {other: codes[0] for other, codes in aliases if len(other) == 2 and len(codes) == 1}


def country_fault(code: str) -> str | None:
    """What is wrong with a country, with the nearest ones."""
    if code in countries():
        return None
    meant = _called_otherwise().get(code)
    return f"is no country (ISO 3166-1); there is {meant or known(countries(), code)}"


def currency_fault(code: str) -> str | None:
    if code in currencies():
        return None
    return f"is no currency of today (ISO 4217); there is {known(currencies(), code)}"

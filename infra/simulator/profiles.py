"""Customers as Mews shows them, with the noise in them that the hub must drop."""

import random
from typing import Any

from infra.simulator.hotel import CUSTOMERS, Entity, Hotel
from infra.simulator.people import Cast
from infra.simulator.records import Address, Record, typed_member

_DOCUMENTS = ("Passport", "IdentityCard", "Visa", "DriversLicense")
# The card schemes' own test numbers.
_CARDS = ("4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005")


def customer(record: Record, cast: Cast, hotel: Hotel) -> Entity:
    """The profile as the reception first makes it: what is filled in late is not there yet."""
    rng = random.Random(f"profile:{record.id}")
    address = record.address if "address" not in record.late else None
    return {
        "Id": record.id,
        "ChainId": hotel.ids.of("chain", 1),
        "Number": str(record.number),
        "Title": None,
        "Sex": None,
        "FirstName": record.given,
        "LastName": record.family,
        "SecondLastName": None,
        "NationalityCode": record.nationality,
        "PreferredLanguageCode": record.language if rng.random() < 0.3 else None,
        "LanguageCode": record.language,
        "BirthDate": record.birth_date,
        "BirthPlace": None,
        "Occupation": None,
        "Email": record.spelled_address if address else None,
        "HasOtaEmail": _is_flagged(address),
        "Phone": cast.typed_phone(record) if "phone" not in record.late else None,
        "LoyaltyCode": None if record.is_pseudo else typed_member(record, rng),
        "Classifications": list(record.classifications),
        "Options": ["SendMarketingEmails"] if record.consents else [],
        "CreatedUtc": hotel.clock.tick(),
        "MergeTargetId": None,
        "ActivityState": "Active",
        "IsActive": True,
        "PreferredSpaceFeatures": [],
        "CompanyId": None,
        **_noise(rng, record),
    }


def _is_flagged(address: Address | None) -> bool:
    """The PMS's own flag knows two of the relays; the others must be told by their domain."""
    return address is not None and address.is_relay and not address.text.endswith(("booking.com", "messaging.com"))


def later(record: Record, cast: Cast) -> dict[str, Any]:
    """What the reception fills in after check-in."""
    fields: dict[str, Any] = {}
    if "address" in record.late and record.address:
        fields |= {"Email": record.spelled_address, "HasOtaEmail": _is_flagged(record.address)}
    if "phone" in record.late:
        fields |= {"Phone": cast.typed_phone(record)}
    return fields


def anonymised(record: Record) -> dict[str, Any]:
    """What is left of a profile of whom the hotel was told to forget."""
    gone = ("Phone", "BirthDate", "LoyaltyCode", "NationalityCode", "PreferredLanguageCode", "LanguageCode")
    name = {"FirstName": "Anonymized", "LastName": "Anonymized", "Email": f"anonymized-{record.id[:8]}@example.com"}
    return {**name, **dict.fromkeys(gone), "Options": [], "Classifications": []}


def announce(record: Record, cast: Cast, hotel: Hotel) -> bool:
    """Makes the profile unless it exists; tells whether it is new."""
    with hotel.lock:
        if hotel.find(CUSTOMERS, [record.id]):
            return False
        hotel.put(CUSTOMERS, customer(record, cast, hotel))
        return True


def _noise(rng: random.Random, record: Record) -> dict[str, Any]:
    noise: dict[str, Any] = dict.fromkeys(_DOCUMENTS)
    noise |= {"Notes": "", "TaxIdentificationNumber": None, "CarRegistrationNumber": None, "DietaryRequirements": None}
    if record.is_pseudo:
        return noise
    if rng.random() < 0.05:
        noise["Notes"] = f"guarantee with card {rng.choice(_CARDS)} exp 09/29"
    if rng.random() < 0.08:
        noise["Passport"] = {"Number": f"X{rng.randrange(10**7):07d}", "Expiration": "2029-03-01"}
    if rng.random() < 0.05:
        noise["DietaryRequirements"] = rng.choice(("coeliac", "nut allergy", "vegan"))
    if rng.random() < 0.05:
        noise["CarRegistrationNumber"] = f"{rng.randrange(10, 99)}-XN-{rng.randrange(10, 99)}"
    return noise

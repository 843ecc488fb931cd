"""Mailboxes and telephones of offices: whoever is on duty answers there, so they tell nobody apart. Pure."""

import re
from functools import lru_cache
from typing import Literal

from chalicelib.canonical.ids import IdentifierKey
from chalicelib.guests.model import Head
from chalicelib.identity.identifiers import is_within
from chalicelib.identity.phones import number_told
from chalicelib.identity.scripts import plain
from chalicelib.settings.guest_rules import SHIPPED, GuestRules

Office = Literal["role", "agency"]
"""Whose mailbox it is: that of a role in a house, or of an agency or company that books for others."""

ROLES = frozenset(
    """
    info abuse hostmaster marketing noc postmaster sales security support uucp webmaster www usenet news ftp
    reception receptionist frontdesk frontoffice fo desk concierge lobby guestservice guestservices
    guestrelations reservation reservations reservierung reservierungen reserve resa booking bookings
    bookingoffice groups groupreservations events event banquet banqueting meetings conference catering
    restaurant spa housekeeping revenue nightaudit nightmanager dutymanager gm hotel
    travel traveldesk travels traveloffice travelagency tours tour tickets ticketing agency trips
    office mail contact contactus contacts hello hi welcome enquiry enquiries inquiry inquiries admin
    administration administrator backoffice accounts accounting accountspayable ap ar billing invoice invoices
    finance purchasing procurement hr humanresources jobs career careers press pr media legal privacy dpo it
    helpdesk service services customerservice customercare care feedback orders order secretary secretariat
    assistant pa management manager director team staff everyone all
    rezeption empfang buero buro zentrale kontakt anfrage anfragen buchung buchungen verwaltung verkauf vertrieb
    rechnung rechnungen rechnungswesen buchhaltung einkauf sekretariat personal reisebuero reiseburo reise
    reisen reisestelle gruppen veranstaltung veranstaltungen post kundenservice gast gaeste
    accueil bureau secretaire commercial ventes comptabilite compta facturation achats direction voyage voyages
    groupes evenements contactez bonjour ricevimento prenotazioni prenotazione ufficio segreteria contatti
    contatto amministrazione contabilita fatture vendite acquisti commerciale direzione viaggi gruppi eventi
    recepcion recepcao reservas reserva contacto contato oficina escritorio ventas vendas administracion
    administracao contabilidad contabilidade facturacion facturas faturas compras comercial direccion viajes
    viagens grupos eventos secretaria atencion atencionalcliente geral gerencia gerente
    receptie reserveringen boeking boekingen kantoor administratie verkoop inkoop facturen reizen resepsjon
    receptionen bokning bokningar kontor kontakta faktura myynti vastaanotto varaus varaukset recepce recepcja
    recepcija recepcia rezervace rezerwacja rezerwacje rezervacija rezervacije rezervacie biuro kancelar
    kancelaria sekretariat ksiegowosc ucetni obchod sprzedaz bron bronirovanie resepshn ofis otdelprodazh
    buhgalteriya kratiseis resepsiyon rezervasyon satis muhasebe iletisim bilgi recepcio foglalas iroda
    ertekesites rezervari birou vanzari contabilitate
    """.strip().split()
)
"""What stands before the @ of a mailbox that an office reads, as it reads in plain letters, without what parts it: the
roles of RFC 2142, those of a hotel, of who travels for a company, and of any office, in the languages of Europe."""
NAMED_BEFORE_A_PLACE = frozenset(
    {
        "info", "reception", "reservation", "reservations", "reservierung", "booking", "bookings", "frontdesk",
        "frontoffice", "rezeption", "empfang", "contact", "kontakt", "office", "accueil", "recepcion", "reservas",
        "prenotazioni", "ricevimento",
    }
)  # fmt: skip
"""Of those the ones that are never a name: what follows behind a dot is a town or a department (`info.wien`)."""
PARTS = re.compile(r"[._-]+")


def office_of(address: str, rules: GuestRules = SHIPPED) -> Office | None:
    """Whose office reads what is sent to a normalised address; None for a person's own."""
    local, _, domain = address.rpartition("@")
    if rules.agency_domains and is_within(domain, rules.agency_domains):
        return "agency"
    is_set = bool(rules.role_words) and not _said(local).isdisjoint(rules.role_words)
    return "role" if is_set or _is_role(local) else None


@lru_cache(maxsize=4_000)
def _is_role(local: str) -> bool:
    first = plain(PARTS.split(local.partition("+")[0])[0])
    return not ROLES.isdisjoint(_said(local)) or first in NAMED_BEFORE_A_PLACE


def _said(local: str) -> frozenset[str]:
    """What stands there, without tag, number and what parts it: as it is written, and in plain letters."""
    whole = PARTS.sub("", local.partition("+")[0]).rstrip("0123456789")
    return frozenset({whole, plain(whole)})


def is_of_house(phone: str, rules: GuestRules) -> bool:
    """Whether a telephone, in E.164, is a hotel's or an agency's own."""
    return bool(rules.house_telephones) and number_told(phone) in map(number_told, rules.house_telephones)


def keys_of_offices(head: Head, rules: GuestRules) -> set[IdentifierKey]:
    """The identifiers of a record that are an office's: they never tell who somebody is."""
    record = head.record
    if record is None:
        return set()
    is_office = record.email_kind in {"own", "shared"} and record.email and office_of(record.email, rules)
    is_house = record.phone and is_of_house(record.phone, rules)
    kinds = tuple(kind for kind, tells_nobody in (("email:", is_office), ("phone:", is_house)) if tells_nobody)
    return {key for key in head.identifiers if kinds and key.startswith(kinds)}

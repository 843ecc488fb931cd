"""What the columns of a list stand for, by their headings: in the words of English, German, French, Spanish and Italian
systems. docs/how-to/import-history.md says the same for people."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple

Kind = Literal["guests", "stays"]
"""What each row of a list is."""

GUEST = """
guest_id: profile id, profile number, customer id, customer number, client id, guest no, guest number, name id,
  gastid, gastnr, gastnummer, gast id, kundennummer, kundennr, kunden id, profilnummer, id client, numero client, no
  client, code client, id cliente, numero cliente, codigo cliente, id huesped, codice cliente, id ospite, codice
  ospite
salutation: title, courtesy title, anrede, titel, civilite, titre, tratamiento, titulo, titolo, appellativo
given_name: first name, forename, given name, firstname, christian name, vorname, rufname, prenom, nombre, nombre de
  pila, nome
family_name: last name, lastname, surname, family name, nachname, familienname, zuname, nom, nom de famille,
  apellido, apellidos, primer apellido, cognome
full_name: name, guest name, full name, guest, gast, gastname, name des gastes, nom complet, nom du client, client,
  nombre completo, nombre y apellidos, huesped, nome completo, nominativo, nome e cognome, ospite
email: e mail, email address, e mail address, mail, e mail adresse, mailadresse, courriel, adresse e mail, adresse
  mail, correo, correo electronico, direccion de correo, posta elettronica, indirizzo e mail, indirizzo email
phone: telephone, phone number, mobile, mobile phone, cell phone, cell, telefon, telefonnummer, mobil, handy,
  mobiltelefon, tel, telephone portable, portable, telefono, movil, telefono movil, cellulare, telefono cellulare
language: guest language, sprache, korrespondenzsprache, langue, idioma, lingua
nationality: citizenship, nationalitat, nationalitaet, staatsangehorigkeit, staatsangehoerigkeit,
  staatsburgerschaft, nationalite, nacionalidad, nazionalita, cittadinanza
street: address, street address, address line 1, address 1, strasse, adresse, anschrift, rue, adresse postale,
  calle, direccion, domicilio, via, indirizzo
postal_code: zip, zip code, postcode, post code, postal code, plz, postleitzahl, code postal, cp, codigo postal,
  cap, codice postale
city: town, ort, stadt, wohnort, ville, ciudad, poblacion, localidad, citta, comune
region: state, province, county, bundesland, kanton, departement, etat, provincia, estado, regione
country: country of residence, country code, land, landercode, wohnsitzland, pays, pays de residence, pais, pais de
  residencia, paese, paese di residenza, stato di residenza
birth_date: date of birth, birthday, birthdate, dob, geburtsdatum, geburtstag, geb datum, date de naissance, fecha
  de nacimiento, nacimiento, data di nascita
member_number: membership number, member no, loyalty number, loyalty id, membership, mitgliedsnummer, kundenkarte,
  numero de membre, numero fidelite, numero de socio, numero tessera, numero fedelta
property: hotel, hotel code, hotel name, property id, property code, resort, haus, betrieb, etablissement, hotel id,
  establecimiento, struttura, albergo
changed_at: last modified, last change, last updated, updated at, modified, update date, geandert am, geaendert am,
  letzte anderung, letzte aenderung, modifie le, date de modification, ultima modificacion, fecha de modificacion,
  ultima modifica, data modifica
"""
ONLY_GUESTS = """
guest_id: id
marketing_email: newsletter, email opt in, opt in, marketing, marketing opt in, email marketing, mailing, mailing
  ok, werbung, newsletter erlaubt, abonne newsletter, publicite, boletin, publicidad, consenso newsletter, consenso
  marketing
preferred_pillow: pillow preference
preferred_bed: bed preference
preferred_floor: floor preference
preferred_view: view preference
preferred_temperature: temperature preference
preferred_outlet: outlet preference
preferred_table: table preference
preferred_meal_plan: meal plan preference
preferred_activities: activity preference
preferred_language: language preference
"""
ONLY_STAYS = """
stay_id: id, reservation, reservation id, reservation number, reservation no, res no, res id, confirmation,
  confirmation number, confirmation no, conf no, booking id, booking number, booking no, booking reference, stay id,
  reservierungsnummer, reservierungsnr, reservierung, buchungsnummer, buchungsnr, buchung, numero de reservation, no
  reservation, n reservation, reference reservation, numero de reserva, no reserva, n reserva, reserva, localizador,
  numero prenotazione, no prenotazione, n prenotazione, codice prenotazione, prenotazione
room_index: room index, room of booking, zimmerindex
status: reservation status, booking status, state of reservation, buchungsstatus, reservierungsstatus, statut, etat
  de la reservation, estado de la reserva, estado reserva, stato, stato prenotazione
arrival: arrival date, check in, checkin, check in date, from, begin, anreise, anreisedatum, ankunft, von, arrivee,
  date d arrivee, du, llegada, fecha de llegada, entrada, fecha entrada, arrivo, data arrivo, data di arrivo, dal
departure: departure date, check out, checkout, check out date, to, until, abreise, abreisedatum, bis, depart, date
  de depart, au, salida, fecha de salida, fecha salida, partenza, data partenza, data di partenza, al
nights: number of nights, no of nights, los, length of stay, nachte, naechte, anzahl nachte, ubernachtungen,
  uebernachtungen, nuits, nuitees, nombre de nuits, noches, notti, numero notti
channel: source, booking source, source of business, source code, booking channel, herkunft, kanal, buchungskanal,
  buchungsquelle, canal, canal de reservation, origen, canale, provenienza
rate_plan: rate, rate code, rate plan code, rateplan, ratencode, ratenplan, tarif, code tarif, plan tarifaire,
  tarifa, codigo tarifa, tariffa, piano tariffario
market_segment: segment, market, market code, marktsegment, marktcode, segment de marche, segmento, mercado,
  segmento di mercato
room_type: room category, room class, roomtype, zimmerkategorie, zimmertyp, kategorie, type de chambre, categorie,
  tipo de habitacion, categoria, tipo camera, tipologia
room_number: room, room no, zimmer, zimmernummer, zimmernr, chambre, numero de chambre, no chambre, habitacion,
  numero de habitacion, camera, numero camera
adults: number of adults, no of adults, erwachsene, anzahl erwachsene, adultes, adultos, adulti
children: number of children, no of children, kids, kinder, anzahl kinder, enfants, ninos, bambini
currency: currency code, wahrung, waehrung, devise, monnaie, moneda, divisa, valuta
room_revenue: room rev, net room revenue, accommodation, lodging, logis, logisumsatz, zimmerumsatz, logiserlos,
  ubernachtungsumsatz, ca hebergement, hebergement, chiffre d affaires hebergement, ingresos habitacion, ingresos
  por habitacion, alojamiento, produccion, ricavo camera, ricavi camere, ricavo camere
other_revenue: extras, other rev, extra revenue, extrasumsatz, sonstiger umsatz, nebenumsatz, zusatzumsatz, ca
  autres, autres, otros ingresos, altri ricavi
"""
PREFERRED = "preferred_"
"""How the fields begin that hold what a guest prefers of one kind: the hub's words for it, a semicolon between two."""
ID_FIELDS = frozenset({"guest_id", "stay_id", "member_number"})
DATES = frozenset({"arrival", "departure", "birth_date"})
AMOUNTS = frozenset({"room_revenue", "other_revenue"})
SIGNS = re.compile(r"[^0-9a-z]+")
LIGATURES = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "№": "no", "º": "o", "°": "o"})


class Column(NamedTuple):
    """A heading, and the field that its column was taken for; None for one that is passed over."""

    header: str
    field: str | None


def fields_of(kind: Kind) -> frozenset[str]:
    """Every field that a column of such a list may stand for."""
    return frozenset(_by_heading(kind).values())


def field_called(header: str, kind: Kind) -> str | None:
    """The field that a heading stands for."""
    return _by_heading(kind).get(_plain(header))


def taken_for(headers: Iterable[str], kind: Kind, said: Mapping[str, str | None]) -> list[Column]:
    """What each column is taken for. What was `said` of a heading goes first; of two columns of one field the first is
    taken. `Name` is the family name where another column has the given one."""
    listed = list(headers)
    told = [said[each] if each in said else field_called(each, kind) for each in listed]
    if "given_name" in told and "family_name" not in told and "full_name" in told:
        told[told.index("full_name")] = "family_name"
    if {"given_name", "family_name"} & set(told):
        told = [None if each == "full_name" else each for each in told]
    return [
        Column(header, each if each and each not in told[:at] else None)
        for at, (header, each) in enumerate(zip(listed, told, strict=True))
    ]


@cache
def _by_heading(kind: Kind) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for block in (ONLY_GUESTS if kind == "guests" else ONLY_STAYS, GUEST):
        for line in block.strip().replace("\n  ", " ").splitlines():
            name, _, words = line.partition(":")
            for each in (name.replace("_", " "), *words.split(",")):
                found.setdefault(_plain(each), name)
    return found


def _plain(header: str) -> str:
    """`Prénom du client (1)` is `prenomduclient1`."""
    split = unicodedata.normalize("NFKD", header.strip().lower().translate(LIGATURES))
    return SIGNS.sub("", split)

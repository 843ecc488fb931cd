"""What words of stays mean: how far a reservation has come, and where it came from. A word that is in no table is
`unknown`, as elsewhere."""

from functools import cache

STATUS = """
checked_out: checked out, checkedout, departed, co, completed, past, stayed, due out, ausgecheckt, abgereist,
  erledigt, depart effectue, parti, termine, salido, finalizada, finalizado, partito, terminata, conclusa
in_house: in house, inhouse, checked in, checkedin, ci, resident, eingecheckt, angereist, im haus, arrive, present,
  en casa, alojado, arrivato, presente
confirmed: confirmed, reserved, booked, definite, guaranteed, ok, due in, expected, bestatigt, bestaetigt, gebucht,
  reserviert, garantiert, confirme, confirmee, reserve, garanti, confirmada, confirmado, reservada, confermata,
  confermato, prenotata
pending: pending, tentative, option, optional, waitlist, waitlisted, optioniert, vorgemerkt, en attente, pendiente,
  provisional, in attesa, opzione
inquiry: inquiry, enquiry, quote, offer, anfrage, angebot, demande, devis, consulta, presupuesto, richiesta,
  preventivo
cancelled: cancelled, canceled, cxl, cnx, void, storniert, storno, annulliert, annule, annulee, cancelada,
  cancelado, anulada, annullata, annullato, cancellata
no_show: no show, noshow, ns, nicht angereist, nicht erschienen, non presente, no presentado, mancato arrivo
"""
CHANNEL = """
direct: direct, website, web, own website, hotel website, booking engine, phone, telephone, email, walk in, walkin,
  direkt, webseite, telefonisch, site web, directo, pagina web, diretto, sito web
ota: ota, booking.com, booking com, bookingcom, expedia, hotels.com, agoda, hrs, airbnb, trip.com, ctrip,
  lastminute, ebookers, opodo, hotelbeds ota, online travel agency
gds: gds, amadeus, sabre, galileo, worldspan, travelport
corporate: corporate, company, firma, firmenkunde, entreprise, societe, empresa, azienda, business
wholesale: wholesale, wholesaler, tour operator, tour, veranstalter, reiseveranstalter, grossiste, tour operador,
  mayorista, hotelbeds, tui
group: group, groups, gruppe, gruppen, groupe, grupo, gruppo, mice, wedding
"""
UNKNOWN = "unknown"


def status(word: str) -> str:
    return _known(STATUS).get(_plain(word), UNKNOWN)


def channel(word: str) -> str:
    return _known(CHANNEL).get(_plain(word), UNKNOWN)


def _plain(word: str) -> str:
    return " ".join(word.lower().translate(SIGNS).split())


SIGNS = str.maketrans({"-": " ", "_": " ", "/": " ", "é": "e", "è": "e", "ä": "a", "ü": "u", "ö": "o", "ß": "ss"})


@cache
def _known(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in table.strip().replace("\n  ", " ").splitlines():
        name, _, words = line.partition(":")
        found |= {_plain(each): name for each in (name, *words.split(","))}
    return found

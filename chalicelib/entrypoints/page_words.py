"""The words of the guest pages, and which language a browser asks for."""

from typing import NamedTuple


class Words(NamedTuple):
    language: str
    question: str
    explained: str
    button: str
    done: str
    done_explained: str
    unknown: str
    unknown_explained: str


WORDS = {
    words.language: words
    for words in (
        Words(
            "en",
            "Stop our newsletters and offers?",
            "You will get no more marketing e-mails from us. Messages about your own bookings still reach you.",
            "Unsubscribe",
            "You are unsubscribed",
            "You will get no more marketing e-mails from us.",
            "This page does not exist",
            "The link may be incomplete. Please open it again from our e-mail.",
        ),
        Words(
            "de",
            "Keine Newsletter und Angebote mehr?",
            "Sie erhalten dann keine Werbe-E-Mails mehr von uns. Nachrichten zu Ihren Buchungen kommen weiterhin an.",
            "Abmelden",
            "Sie sind abgemeldet",
            "Sie erhalten keine Werbe-E-Mails mehr von uns.",
            "Diese Seite gibt es nicht",
            "Der Link ist vielleicht unvollständig. Bitte öffnen Sie ihn noch einmal aus unserer E-Mail.",
        ),
        Words(
            "fr",
            "Ne plus recevoir nos lettres et nos offres ?",
            "Vous ne recevrez plus d’e-mails publicitaires de notre part. Les messages sur vos séjours continueront.",
            "Se désabonner",
            "Désabonnement enregistré",
            "Vous ne recevrez plus d’e-mails publicitaires de notre part.",
            "Cette page n’existe pas",
            "Le lien est peut-être incomplet. Veuillez l’ouvrir à nouveau depuis notre e-mail.",
        ),
        Words(
            "es",
            "¿Dejar de recibir boletines y ofertas?",
            "No recibirá más correos publicitarios nuestros. Los mensajes sobre sus reservas le seguirán llegando.",
            "Darse de baja",
            "Se ha dado de baja",
            "No recibirá más correos publicitarios nuestros.",
            "Esta página no existe",
            "Puede que el enlace esté incompleto. Ábralo de nuevo desde nuestro correo.",
        ),
        Words(
            "it",
            "Non ricevere più newsletter e offerte?",
            "Non riceverà più e-mail pubblicitarie. I messaggi sulle sue prenotazioni continueranno ad arrivare.",
            "Annulla l’iscrizione",
            "Iscrizione annullata",
            "Non riceverà più e-mail pubblicitarie da noi.",
            "Questa pagina non esiste",
            "Il link potrebbe essere incompleto. Lo apra di nuovo dalla nostra e-mail.",
        ),
        Words(
            "pt",
            "Deixar de receber newsletters e ofertas?",
            "Não receberá mais e-mails publicitários nossos. As mensagens sobre as suas reservas continuam a chegar.",
            "Cancelar a subscrição",
            "Subscrição cancelada",
            "Não receberá mais e-mails publicitários nossos.",
            "Esta página não existe",
            "O link pode estar incompleto. Abra-o novamente a partir do nosso e-mail.",
        ),
    )
}


def words_for(accept_language: str | None) -> Words:
    """The known language that is wanted most; English where none is. Anything malformed counts for nothing."""
    wanted = [_wish(each) for each in (accept_language or "").split(",")[:20]]
    ranked = sorted(wanted, key=lambda wish: -wish[0])
    return next((WORDS[language] for weight, language in ranked if weight > 0 and language in WORDS), WORDS["en"])


def _wish(text: str) -> tuple[float, str]:
    tag, _, weight = text.partition(";")
    language = tag.strip().lower().partition("-")[0]
    name, _, value = weight.strip().partition("=")
    try:
        return (float(value) if name.strip() == "q" else 1.0), language
    except ValueError:
        return 0.0, language

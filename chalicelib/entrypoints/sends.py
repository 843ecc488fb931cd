"""What lies on the queue `send`: chunks of campaigns, single messages to guests, mail to newcomers and to the staff."""

from typing import Any

from chalicelib.canonical.errors import Rejected

CHUNK = "chunk"
"""What a message is that does not say what it is."""


def send(body: dict[str, Any]) -> None:
    """Send what a message asks for. Raises Rejected for a kind that nobody knows, and whatever its worker raises."""
    from chalicelib.campaigns import running
    from chalicelib.messages import newcomers, single, staff

    workers = {
        CHUNK: running.send_chunk,
        "guest": single.send_to_guest,
        "newcomer": newcomers.send_to_newcomer,
        "staff": staff.send_to_staff,
    }
    worker = workers.get(body.get("kind", CHUNK))
    if worker is None:
        raise Rejected("malformed_message", "kind")
    worker(body)

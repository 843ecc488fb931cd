"""Set the hub up for the simulator's hotels, and let the season's webhooks come."""

import time
from collections.abc import Callable
from typing import Any

from infra.demo.api import Api

CONNECTION = "mews"
PROGRAM = "club"
POLL_SECONDS = 0.5
SINCE = "2020-01-01"
ATTESTED = {"proof_at_source": SINCE, "registered_at_iys": SINCE}
"""Its hotels keep the proof of each opt-in, and have it registered: so all who agreed are written to, of whichever
country."""
Told = Callable[[dict[str, Any]], None]


class SeasonFailed(RuntimeError):
    """The simulator could not push the season."""


def configure(hub: Api, pms: Api) -> str:
    """Write properties, connection and programme as an admin would; return the webhook's address with its secret."""
    link = pms.get("/simulator/connection")
    for hotel in link["property_list"]:
        settings = {name: hotel[name] for name in ("name", "time_zone", "country", "currency")}
        domains = {"mail_domains": [hotel["email_domain"]]}
        hub.put(f"/v1/properties/{hotel['id']}", {**settings, **domains, "attestations": ATTESTED})
    secrets = link["secrets"]
    connection = {
        "vendor": link["vendor"],
        "secrets": [secrets["webhook_secret"]],
        "credentials": {name: secrets[name] for name in ("client_token", "access_token")},
        "base_url": link["base_url"],
        "properties": link["properties"],
        "channels": link["sources"],
        "options": {"stay_services": link["stay_services"]},
    }
    hub.put(f"/v1/connections/{CONNECTION}", connection)
    rates = {"EUR": "10", "USD": "9"}
    hub.put(
        f"/v1/programs/{PROGRAM}",
        {"name": "Club", "points_per_unit": rates, "auto_enrol": True, "starts_on": "1970-01-01"},
    )
    return f"{hub.base}/webhooks/{CONNECTION}?secret={secrets['webhook_secret']}"


def play(pms: Api, webhook_url: str, told: Told, caught_up: Callable[[], None]) -> dict[str, Any]:
    """Replay the season with duplicates and disorder; return the simulator's counts. Raises SeasonFailed.

    `caught_up` returns when the hub has done what it was told of: only then does the hotel forget people, for who is
    forgotten keeps the points that were given, and gets no more.
    """
    how = {"disorder": True, "duplicates": 0.1, "wait_before": "forget"}
    pms.post("/simulator/play", {"hub_url": webhook_url, **how})
    while True:
        progress: dict[str, Any] = pms.get("/simulator/progress")
        told(progress)
        if not progress["running"]:
            break
        if progress["waits"]:
            caught_up()
            pms.post("/simulator/go-on", {})
        time.sleep(POLL_SECONDS)
    if not progress["done"]:
        raise SeasonFailed(f"the simulator gave up: {progress['error']}")
    return progress

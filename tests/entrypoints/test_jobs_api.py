"""Long work over the API: what is under way, and how far it has come."""

import json

from chalicelib.entrypoints import schedules
from tests.builders import EUR_PROGRAM, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.fakes import received


def test_a_new_programme_is_followed_by_a_job_that_shows_its_progress(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation(primary=guest(), status="checked_out"))
    hub.put("/v1/programs/club", EUR_PROGRAM.model_dump(mode="json", exclude={"version", "earlier"}))
    (job,) = hub.get("/v1/jobs")["items"]
    assert (job["kind"], job["subject"], job["state"], job["finished_at"]) == (
        "follow_programme",
        "club",
        "running",
        None,
    )
    assert job["progress"] == {"parts": 16, "parts_done": 0, "units_done": 0}
    for _ in range(2):
        for record in received("jobs")["Records"]:
            schedules.run(json.loads(record["body"]))
    assert hub.get("/v1/jobs")["items"] == []
    done = hub.get(f"/v1/jobs/{job['id']}", key="analyst")
    assert (done["state"], done["progress"]) == ("done", {"parts": 16, "parts_done": 16, "units_done": 1})
    assert done["result"] == {"entries": 1}
    assert done["finished_at"] >= done["at"]


def test_jobs_go_over_all_hotels_and_are_shown_to_keys_of_all_hotels(hub: Hub) -> None:
    assert hub.status("GET", "/v1/jobs", key="admin@vienna") == 403
    assert hub.status("GET", "/v1/jobs/j1", key="admin@vienna") == 403
    assert hub.status("GET", "/v1/jobs/j1") == 404
    assert hub.get("/v1/jobs", key="front_desk")["items"] == []

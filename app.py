"""Creates the Chalice app and registers the blueprints. Nothing else."""

from chalice.app import Chalice

from chalicelib.entrypoints.api.routes import api
from chalicelib.entrypoints.console.routes import console
from chalicelib.entrypoints.guest_pages.routes import guest_pages
from chalicelib.entrypoints.open_pages import open_pages
from chalicelib.entrypoints.problems import chalices_own
from chalicelib.entrypoints.queues import queues
from chalicelib.entrypoints.reference.routes import reference
from chalicelib.entrypoints.schedules import schedules
from chalicelib.entrypoints.webhooks import webhooks

# API Gateway hands over any other type as text, and what was not UTF-8 would no longer match its signature.
BYTES_AS_SENT = ["application/xml", "text/xml", "multipart/form-data"]

app = Chalice(app_name="xenia")
app.api.binary_types = [*app.api.default_binary_types, *BYTES_AS_SENT]
for blueprint in (
    open_pages,
    reference,
    webhooks,
    guest_pages,
    console,
    api,
    queues,
    schedules,
):
    app.register_blueprint(blueprint)
app.register_middleware(chalices_own, "http")

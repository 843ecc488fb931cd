"""The pages of companies and agencies; a part of `routes.PAGES`."""

from chalicelib.entrypoints.console.table import Page
from chalicelib.entrypoints.console.told import N_

ACCOUNT_PAGES = (
    Page("/accounts", shows="accounts:listed", opens="accounts:listed", title=N_("Companies")),
    Page("/accounts/new", shows="accounts:new", takes="accounts:created", opens="accounts:create"),
    Page("/accounts/{account_id}", shows="accounts:one", opens="accounts:get"),
    Page("/accounts/{account_id}/edit", shows="accounts:edit", takes="accounts:saved", opens="accounts:put"),
    Page("/accounts/{account_id}/contacts", shows="accounts:contacts", takes="accounts:added", opens="accounts:put"),
)

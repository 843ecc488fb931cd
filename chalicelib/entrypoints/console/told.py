"""What pages say was done, by the code that an address carries: `?done=saved`."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated where it is shown
    return text


DONE = {
    "saved": N_("Saved."),
    "deleted": N_("Deleted."),
    "launched": N_("Launched. The figures below follow by themselves."),
}

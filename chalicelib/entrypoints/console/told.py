"""What pages say was done, by the code that an address carries: `?done=saved`."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for a text that is translated where it is shown
    return text


ROLE_NAMES = {
    "admin": N_("Admin"),
    "marketer": N_("Marketing"),
    "front_desk": N_("Front desk"),
    "analyst": N_("Analysis: reads only"),
    "integration": N_("Integration: a machine"),
}
DONE = {
    "saved": N_("Saved."),
    "deleted": N_("Deleted."),
    "invited": N_("Invited. A mail is on its way, if the deployment can send one."),
    "redriven": N_("Sent back to its queue. If it fails again it lies here again."),
    "signed_out": N_("Signed out there."),
    "launched": N_("Launched. The figures below follow by themselves."),
    "noted": N_("It stands in the history. What the guest said since is newer, and holds."),
    "lifted": N_("Mails may reach the guest again."),
    "joined": N_("They are one guest now."),
    "kept_apart": N_("They stay two guests, whatever is said of them later."),
    "split": N_("The records are split off. They are never joined with this guest by themselves."),
    "storing": N_("The rows are being stored. The figures below follow by themselves."),
    "ended": N_("The membership has ended."),
    "captured": N_("Saved. The guest has agreed."),
    "captured_to_confirm": N_("Saved. A mail asks the guest to confirm; the consent holds once they do."),
    "captured_alone": N_("The address is saved. The guest agreed to nothing."),
    "captured_in_vain": N_("Saved, but no newsletter reaches this address: ask how it is spelt, or for another one."),
    "enrolled": N_("The guest is a member."),
    "erased": N_("The guest is erased. The sources below hold them still."),
}

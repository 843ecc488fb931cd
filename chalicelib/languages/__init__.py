"""The languages of the guests: gettext catalogues, and which of them a guest reads."""

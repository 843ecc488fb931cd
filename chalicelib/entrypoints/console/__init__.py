"""The hub in the browser: `routes.py` lists the pages, `running.py` runs them, `pages/` holds what each shows."""

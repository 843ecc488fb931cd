"""`hub deploy`: checks, infrastructure, `chalice deploy` with its record rebuilt, and what Chalice cannot set."""

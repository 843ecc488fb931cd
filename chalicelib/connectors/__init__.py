"""One folder per vendor, the same files in each: `edge.py` for the webhook, `translate.py` to snapshots."""

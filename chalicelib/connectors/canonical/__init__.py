"""The hub's own format: JSON snapshots, signed by the Standard Webhooks scheme; docs/schemas/."""

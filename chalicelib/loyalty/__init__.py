"""Loyalty: programmes, accounts, and an append-only ledger that adds up."""

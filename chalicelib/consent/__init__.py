"""Consent, objection and suppression: the gate that every mail must pass."""

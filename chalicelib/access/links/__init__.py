"""Signing in by mail: a link that works once, and a code for who reads mail elsewhere."""

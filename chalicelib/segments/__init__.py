"""Segments: saved conditions over what is known of a guest."""

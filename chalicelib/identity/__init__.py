"""Identity resolution: which source records are one guest."""

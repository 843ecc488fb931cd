"""Companies and travel agencies, as reservations name them: what is known of each, and its stays."""

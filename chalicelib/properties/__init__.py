"""Hotels: what is known of each, and how it is kept."""

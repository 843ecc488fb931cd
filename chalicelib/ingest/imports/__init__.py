"""History that comes in as lists: read, shown, and then stored as any source's word, by long work."""

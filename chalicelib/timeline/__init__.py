"""One history of a guest, out of what each capability tells."""

"""Work that is done by the clock: when it is due, and what of it is done."""

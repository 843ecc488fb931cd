"""`make demo`: a season of bookings through the whole hub on this machine, compared with the simulator's truth."""

"""`make soak`: webhooks in bursts, killed workers and a carrier that misbehaves, compared with what must come of it."""

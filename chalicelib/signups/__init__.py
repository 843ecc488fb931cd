"""Sign-ups for newsletters: somebody asks, is mailed, confirms, and then is known as a guest who agreed."""

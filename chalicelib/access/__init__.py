"""Who may call the API: keys, what each sees, and requests that are done once."""

"""One message to one guest: decide, claim, render, send, follow up."""

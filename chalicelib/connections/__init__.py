"""Links to vendor accounts: their secrets, their maps, and what their ids ever reached."""

"""The ways in which a message reaches a guest, each a plug of its own behind one interface."""

"""Guest profiles: a guest is a set of leaves, and a projection of what their sources said."""

"""Notice → snapshots → identity → stored → facts."""

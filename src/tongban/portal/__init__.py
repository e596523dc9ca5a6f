"""The citizen's edge: find an item, apply, follow the case."""

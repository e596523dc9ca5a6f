"""Django's settings. ``base`` is what a node runs with; ``test`` is the same with a throw-away home."""

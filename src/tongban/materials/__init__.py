"""Files that people hand in, and what satisfies a requirement."""

"""Files that people hand in: what they are, where they stand, what is never taken in."""

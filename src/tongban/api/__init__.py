"""The documented interface for departments' systems."""

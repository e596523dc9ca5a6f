"""Filters and tags for the templates of all edges."""

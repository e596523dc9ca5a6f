"""Nodes, their keys and powers: the trust list."""

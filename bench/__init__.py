"""Measurements. Each file is a program of its own: ``python -m bench.intake``."""

"""The citizens' pages, one module a journey."""

"""Filings, cases and parts: the modes, lifecycles, clocks and corrections."""

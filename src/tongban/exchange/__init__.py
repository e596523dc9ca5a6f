"""Reliable, signed, ordered delivery between nodes. Knows streams, receipts and bytes; knows nothing of cases."""

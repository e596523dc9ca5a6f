"""The law of the slice: pure functions over frozen facts and an instant. No rows, no requests, no clock."""

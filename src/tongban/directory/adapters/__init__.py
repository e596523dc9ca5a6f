"""How trust lists are fetched. Chosen by ``wiring`` alone."""

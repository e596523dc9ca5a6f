"""How bytes get from node to node. Chosen by ``wiring`` alone."""

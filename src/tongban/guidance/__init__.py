"""Finding the way: what was searched in vain, life events, near twins, zones, coverage, entrances, errors in guides."""

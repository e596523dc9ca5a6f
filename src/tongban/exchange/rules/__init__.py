"""The pure rules of delivery: order, duplicates, gaps, retry. Plain Python."""

"""Regions, authorities, service halls and windows, kinds of anchor place, the working calendar."""

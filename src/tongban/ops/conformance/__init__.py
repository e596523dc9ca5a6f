"""The network side of the conformance kit: a door to the candidate and an ear for what it says to the kit."""

from .network import HttpDoor, HttpEar

__all__ = ["HttpDoor", "HttpEar"]

"""Nodes, their keys and powers: the trust list."""

from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "tongban.directory"
    label = "directory"
    append_only = ("directory_trustlist",)

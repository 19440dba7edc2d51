"""Stands between your documents and the cloud: finds, redacts or blocks what must not leave."""

__version__ = "0.1.0"

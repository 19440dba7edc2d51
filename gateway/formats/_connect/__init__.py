"""Envelopes of the Connect and gRPC protocols."""

"""The demonstration: real uploads through the real gateway to a stand-in cloud on loopback."""

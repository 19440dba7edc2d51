"""Parts of :mod:`gateway.detect.columns`: what headers say, what cells look like, where tables stand."""

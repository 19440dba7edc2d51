"""Finding what matters: Presidio with our recognisers, exact values, propagation."""

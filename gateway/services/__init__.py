"""What is known of each cloud service, as data."""

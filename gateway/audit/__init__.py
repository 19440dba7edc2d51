"""What happened, without values, in a log that shows tampering."""

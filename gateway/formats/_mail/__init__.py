"""What the mail formats (eml, mbox, msg, tnef) share: MIME structure, header words, bodies."""

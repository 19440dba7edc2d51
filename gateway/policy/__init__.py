"""What may leave, for where: the schema, loading, and the pure function that decides."""

"""SQLite databases: rows edited by SQLite itself, pages read by a walk of our own."""

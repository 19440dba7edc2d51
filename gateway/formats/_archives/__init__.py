"""Archives and compressed files: what they hold is opened, and they are written again."""

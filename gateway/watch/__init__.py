"""The folder watcher: outbox to synced folder, journalled."""

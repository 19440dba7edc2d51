"""Rich Text Format, read by a walk of its own and changed by splicing."""

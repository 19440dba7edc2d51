"""OLE compound files, and the old Office formats that live in them."""

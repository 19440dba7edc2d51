"""PDF: its objects, its content streams, its fonts, and the ways text leaves them."""

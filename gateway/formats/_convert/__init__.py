"""Conversion by LibreOffice, for old kinds that nothing here reads by itself."""

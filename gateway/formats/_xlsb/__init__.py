"""The binary parts of Excel's .xlsb."""

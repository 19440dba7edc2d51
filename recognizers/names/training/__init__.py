"""Making the models: ``python -m recognizers.names.training`` (``make models``).

Not needed to use them, and not part of the installed package.
"""

"""Names of people, organisations and places, and addresses.

Taggers (linear-chain conditional random fields) learnt from open text, with lists of names as
features, and rules for what a document says by its form: titles, company suffixes, labels,
signature blocks. ``data/`` holds the models, ``training/`` makes them.
"""

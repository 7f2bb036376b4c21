"""The documents beside the appeal letter, one small module each: a review in, a letter tree out; which of them a case has.

Imports what `packet` imports. Words and plan types are data (knowledge/vocabulary/documents_*.yaml). States nothing that
the review does not say: what is not known is a line to fill in, what was not checked says so.
"""

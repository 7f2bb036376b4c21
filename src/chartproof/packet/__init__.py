"""Findings in, documents out. Decides nothing: what the review does not say is not written.

Imports model and errors only. Reads the case's own files (to show their pages) and its own templates and fonts.
Never writes a gap as closed, a probability, or a quote that is not on its page.
"""

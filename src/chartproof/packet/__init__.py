"""Findings in, documents out. Decides nothing

what the review does not say is not written.:Imports model and errors only.
"""

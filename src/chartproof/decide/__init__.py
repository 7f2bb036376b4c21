"""Rows in, findings out. Never sees a PDF, FHIR or a policy file.

Imports model and errors only; the clock is never read.
"""

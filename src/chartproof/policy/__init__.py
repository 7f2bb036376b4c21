"""Policy and label text in, rows out. Knows no patient.

Imports model and errors only.
"""

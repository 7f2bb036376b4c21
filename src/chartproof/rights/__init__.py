"""Denial letter and plan in, venues and dates out.

Imports model and errors only; the law is data in knowledge/law.
"""

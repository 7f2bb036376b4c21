"""Specialists' opinions: asked for, waived, on file."""

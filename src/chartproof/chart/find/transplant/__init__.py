"""Transplants and engineered cells: given, never given, only thought of, or another person's."""

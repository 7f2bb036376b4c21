"""Infections that are going on, or said not to be."""

"""Comorbid conditions: named, managed, denied."""

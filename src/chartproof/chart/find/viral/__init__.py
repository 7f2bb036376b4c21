"""Viral screening: CMV, hepatitis B and C, HIV."""

"""Lungs: films, function tests, saturation, smoking, and whether function has to be measured."""

"""A model's help, never its decision: it points at words of the chart for rows that are missing, and a person reads them.

Imports model, chart and errors only; opens no connection (the caller hands in `complete`). Makes no fact and no finding.
"""

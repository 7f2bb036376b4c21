"""The same policy over a population: a table of facts in, an answer a subject and criterion out.

Imports decide, model and errors only; it knows no chart, policy text or law. The clock is never read.
"""

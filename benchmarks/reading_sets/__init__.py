"""The test sets of benchmarks/reading.py: each module measures one of them and gives rows for its table."""

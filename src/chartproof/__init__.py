"""chartproof proves, criterion by criterion, what a chart says about a payer's policy."""

__version__ = "0.1.0"

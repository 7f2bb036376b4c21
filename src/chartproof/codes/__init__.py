"""The one code book: what a code stands for, whether it was valid on a day, and which codes a printed range covers.

Imports model and nothing else of ours. Knows no policy and no patient; what is not certain is said to be unknown.
"""

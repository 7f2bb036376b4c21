"""Files in, facts out. Knows no payer and no policy, and never decides a criterion.

Imports model and errors only; the clock and the network are never touched.
"""

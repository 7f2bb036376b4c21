"""The web workbench on loopback: queue, case, judgement, signature, package, accounts, audit.

It sits on top of the flow (tour.py) and decides nothing itself. `store` keeps, `worker` reads hostile files apart,
`web` shows. No clock: every function is given the time by the caller that serves.
"""

"""What the desk keeps: accounts, cases, documents, judgements, jobs, and the audit chain over all of it.

It sees no page, no policy and no web request; times are given; every change and its audit row are one transaction.
"""

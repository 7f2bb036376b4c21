"""A FHIR bulk export or a folder of reviews in, a facts table out: what `screen` reads.

Each subject's resources go through the same reading as one patient's chart; nothing of a policy is known here.
"""

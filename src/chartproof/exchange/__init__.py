"""CRD, DTR and PAS in and out: messages of the Da Vinci guides, from the same policy files and the same review.

Sits on top: only the command line imports it. Functions take plain values and return plain values; nothing is fetched from
a reference, and no answer is an automatic denial.
"""

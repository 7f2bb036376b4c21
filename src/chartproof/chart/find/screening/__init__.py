"""Cancer screening: what is due, what was done, what clinicians say of it."""

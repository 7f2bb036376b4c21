"""The disease, its proof, its course and its markers."""

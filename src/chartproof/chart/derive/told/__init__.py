"""One subject told in two papers: who tells what of it, of which day, and which telling stands."""

"""Values, days, codes and list entries that disagree with one another, and what settles each."""

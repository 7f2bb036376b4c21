"""Facts and entries in; what follows from several documents together out: lines of therapy, conflicts."""

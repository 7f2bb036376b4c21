"""python -m chartproof: the same as the chartproof command."""

from chartproof.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

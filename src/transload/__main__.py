"""`python -m transload`."""

from transload.cli.program import main

if __name__ == "__main__":
    main()

"""`python -m transload`."""

from transload.cli import main

if __name__ == "__main__":
    main()

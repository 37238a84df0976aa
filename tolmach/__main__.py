"""`python -m tolmach`."""

from tolmach.cli import main

if __name__ == "__main__":
    main()

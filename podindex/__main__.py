"""`python -m podindex`."""

from podindex.cli.app import main

if __name__ == "__main__":
    main()

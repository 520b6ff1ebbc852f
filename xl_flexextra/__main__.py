"""``python -m xl_flexextra``: the command line, where programs that pip wrote may not be started."""

from .cli.main import main

if __name__ == "__main__":
    main()

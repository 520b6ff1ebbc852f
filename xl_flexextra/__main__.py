"""``python -m xl_flexextra``: the command line, where programs that pip wrote may not be started."""

if __name__ == "__main__":  # a process that a batch starts imports this, and needs no command line
    from .cli.main import main

    main()

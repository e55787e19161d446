"""`python -m bhoga` is the `bhoga` command."""

from bhoga_shell.cli import main

if __name__ == "__main__":
    main()

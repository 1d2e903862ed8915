"""`python -m preamp`: the command line, where the command `preamp` is not on the PATH."""

from preamp.cli.main import run

if __name__ == "__main__":
    run()

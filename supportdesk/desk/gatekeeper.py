"""The gate in a process of its own: reads one task from standard input, writes what may leave to standard output."""

import pickle
import sys

from supportdesk.gate.compose import check, compose


def main() -> None:
    """Run one task that the desk pickled, and pickle the result."""
    task, known = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process wrote it
    match task:
        case ("compose", facts):
            result = compose(facts, known)
        case ("check", title, body):
            result = check(title, body, known)
        case _:
            raise SystemExit(2)
    pickle.dump(result, sys.stdout.buffer)


if __name__ == "__main__":
    main()

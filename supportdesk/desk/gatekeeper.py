"""The gate in a process of its own: reads one task from standard input, writes what may leave to standard output."""

import pickle
import resource
import sys

from supportdesk.gate.compose import check, compose

LIMIT_S = 2  # of the processor's time: what a pattern may cost does not depend on who else uses the machine


def main() -> None:
    """Run one task that the desk pickled, and pickle the result; a gate that takes too long ends without one."""
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))
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

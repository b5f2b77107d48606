"""Drives a flow by hand: answers are given in order, what it asked for and what it came to are handed back."""

from collections.abc import Sequence

from supportdesk.errors import ServiceError
from supportdesk.providers import Flow, Request, Response, T

Answer = Response | ServiceError


def drive(flow: Flow[T], answers: Sequence[Answer]) -> tuple[T, list[Request]]:
    """The flow's value and its requests; an error among the answers is thrown in, and unused answers are a failure."""
    left = list(answers)
    requests: list[Request] = []
    try:
        requests.append(next(flow))
        while left:
            answer = left.pop(0)
            requests.append(flow.throw(answer) if isinstance(answer, ServiceError) else flow.send(answer))
    except StopIteration as end:
        assert not left, f"never asked for: {left}"
        return end.value, requests
    raise AssertionError(f"one answer too few for {requests[-1]}")

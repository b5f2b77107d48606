"""Conversations in few words, for the tests of the finder."""

from supportdesk.insight.rules import Rules
from supportdesk.insight.workaround import Said, Scored, score_all
from supportdesk.model import Role


def customer(body: str, id: str = "q") -> Said:
    return Said(id=id, role=Role.CUSTOMER, body=body)


def agent(body: str, id: str = "a") -> Said:
    return Said(id=id, role=Role.AGENT, body=body)


def judged(rules: Rules, question: str, answer: str, subject: str = "") -> Scored:
    return score_all(rules, subject, [customer(question), agent(answer)])[0]


def cues(scored: Scored) -> set[str]:
    return {one.cue for one in scored.evidence}

"""Who we are on a desk, as its service says; when that is somebody else now, what this changes."""

import json

from supportdesk import outbox
from supportdesk.desk.workplace import Workplace
from supportdesk.model import Person, State
from supportdesk.providers import Identity
from supportdesk.store import records


def remember(work: Workplace, desk: str, identity: Identity) -> None:
    """Keep who we are, so that the next start knows it offline."""
    connection = work.connection(desk)
    was, connection.identity = connection.identity, identity
    if was and was.person.id != identity.person.id:
        work.read_afresh(desk)  # somebody else may see other tickets
        _left_to_a_person(work, desk, was.person)
    work.cache.set_meta(f"identity:{desk}", json.dumps(records.encode(identity)))


def _left_to_a_person(work: Workplace, desk: str, was: Person) -> None:
    """Hold what may have arrived as another account's.

    Where such is known by its author nobody would find it now, and it would be sent a second time.
    """
    identity = work.connection(desk).identity
    if identity is None or not identity.capabilities.settles:
        return  # it is known by its mark alone
    now = identity.person.name
    why = f"It may have arrived as {was.name}'s; {now} is signed in now. Look there, then retry or drop it."
    for entry in [it for it in work.outgoing() if it.desk == desk and it.state is State.UNCERTAIN]:
        work.step(entry, lambda entry: outbox.held(entry, why))

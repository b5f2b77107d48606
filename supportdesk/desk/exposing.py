"""A note that the service made public: it is taken from the customer's eyes again, where the service can do that."""

from dataclasses import replace

from supportdesk.desk.refusals import require_writing
from supportdesk.desk.sync import noticed
from supportdesk.desk.workplace import Workplace
from supportdesk.errors import SupportdeskError, UsageError
from supportdesk.model import Outgoing
from supportdesk.providers import Hider


async def make_private(work: Workplace, entry: Outgoing) -> str:
    """Make a note internal and return the sentence to show; UsageError where there is nothing to hide or no way to."""
    if not entry.exposed:
        raise UsageError(f"Nothing on {entry.ref} is public that should not be.", "See the outbox.")
    require_writing(work, entry.desk)
    connection = work.connection(entry.desk)
    if not isinstance(connection.provider, Hider):
        raise UsageError(
            f"{connection.account.name} cannot take words back.", f"Open {entry.ref} there and hide them by hand."
        )
    try:
        await connection.wire.run(connection.provider.make_private(entry.ref, entry.op))
    except SupportdeskError as problem:
        noticed(connection, problem)
        raise
    words = f"The note on {entry.ref} is internal again. Until now the customer could read it, or was mailed it."
    work.put(replace(entry, exposed=False, why=words))
    return words

"""What `supportdesk.providers` holds, as the checker sees it."""
# ruff: noqa: I001  # a name a line

from supportdesk.providers.account import (
    Account as Account,
)
from supportdesk.providers.flows import (
    Flow as Flow,
    Json as Json,
    Request as Request,
    Response as Response,
    T as T,
)
from supportdesk.providers.identity import (
    Capabilities as Capabilities,
    Identity as Identity,
)
from supportdesk.providers.outcomes import (
    Conflict as Conflict,
    Done as Done,
    NotSent as NotSent,
    Outcome as Outcome,
    Place as Place,
    Rejected as Rejected,
    Unknown as Unknown,
)
from supportdesk.providers.pages import (
    CLOSED_AS as CLOSED_AS,
    DONE_WITH as DONE_WITH,
    Page as Page,
)
from supportdesk.providers.ports import (
    Hider as Hider,
    MacroLibrary as MacroLibrary,
    Provider as Provider,
    Tracker as Tracker,
    TwinCloser as TwinCloser,
    Wire as Wire,
    open_provider as open_provider,
)

PLACES: dict[str, str]

"""Every key of the console, whichever screen it acts on: what `[keys]` may name, and what README's table is made of."""

from textual.binding import Binding
from textual.dom import DOMNode

from supportdesk.ui.app import SupportDesk
from supportdesk.ui.ask import Ask, AskText
from supportdesk.ui.board import FilterLine
from supportdesk.ui.compose import ComposeScreen, ReviewScreen
from supportdesk.ui.escalate import EscalationScreen
from supportdesk.ui.help import HelpScreen
from supportdesk.ui.macros import MacrosScreen
from supportdesk.ui.outbox import OutboxScreen
from supportdesk.ui.phrase import PickPhrase
from supportdesk.ui.picker import Picker
from supportdesk.ui.problems import ProblemsScreen
from supportdesk.ui.queue import QueueScreen
from supportdesk.ui.record import RecordScreen, SampleScreen
from supportdesk.ui.search import SearchLine
from supportdesk.ui.signin import SignInScreen
from supportdesk.ui.wording import IssueEditor

KEYED: tuple[type[DOMNode], ...] = (
    SupportDesk,
    QueueScreen,
    FilterLine,
    ComposeScreen,
    ReviewScreen,
    EscalationScreen,
    IssueEditor,
    OutboxScreen,
    ProblemsScreen,
    SearchLine,
    RecordScreen,
    SampleScreen,
    MacrosScreen,
    HelpScreen,
    SignInScreen,
    Picker,
    Ask,
    AskText,
    PickPhrase,
)


def every_binding() -> list[Binding]:
    """All our bindings, in the order of the screens: what [keys] may name, and what README's table is made of."""
    found: dict[str, Binding] = {}
    for owner in KEYED:
        for place in owner.__mro__:
            ours = place.__module__.startswith("supportdesk.")
            for binding in place.__dict__.get("BINDINGS", ()) if ours else ():
                if isinstance(binding, Binding) and binding.id:
                    found.setdefault(binding.id, binding)
    return list(found.values())

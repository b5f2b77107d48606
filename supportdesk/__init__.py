"""A helpdesk console for the terminal that finds the bugs behind our workarounds.

Rooms, from the ground up; a module imports its own package or lower floors, never up, and siblings on one
floor leave each other alone (`tests/test_architecture.py` checks it):

    6  __main__ · cli · ui         textual and rich live only in ui
    5  desk                        the one object that the console and the commands talk to
    4  transport · store · secrets · config · demo      httpx | tinydb | keyring | tomllib | –
    3  providers                   what each outsider speaks: flows, no input or output
    2  insight · gate · outbox     pure: findings, what may leave the building, what is on its way,
       shift                       whose week it is and who was on
    1  text                        strangers' text made inert
    0  model · errors              the nouns, and what can go wrong

Floors 0–3 take the time as an argument; below floor 4 there is no clock, file, environment or `await`.
"""

__version__ = "0.1.0"

"""A browser for tests, as a program: it opens the address it is given and goes where that leads."""

import sys
from urllib.request import urlopen

with urlopen(sys.argv[1]) as page:
    page.read()

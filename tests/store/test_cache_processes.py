"""The cache among real processes: what one writes is not taken away by another that comes and goes."""

import subprocess
import sys
from pathlib import Path

from supportdesk.store.cache import Cache

VISIT = """
import sys
from pathlib import Path
from supportdesk.store.cache import Cache
cache = Cache.open(Path(sys.argv[1]))
cache.set_meta("visitor", "was here")
cache.close()
"""


def test_a_console_that_filtered_keeps_its_log_while_a_command_comes_and_goes(tmp_path: Path) -> None:
    """Who closes a file gives up all that the process has locked of it: the command was the last one, it thought."""
    path = tmp_path / "cache.sqlite3"
    console = Cache.open(path)
    console.set_meta("console", "one")
    console.again().close()  # as the filter's thread does
    log = path.with_name("cache.sqlite3-wal")
    before = log.stat().st_ino
    subprocess.run([sys.executable, "-c", VISIT, str(path)], check=True, timeout=60)
    assert log.stat().st_ino == before
    console.set_meta("console", "two")
    subprocess.run([sys.executable, "-c", VISIT, str(path)], check=True, timeout=60)
    console.close()
    again = Cache.open(path)
    assert (again.meta("console"), again.meta("visitor")) == ("two", "was here")
    again.close()

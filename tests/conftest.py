"""What every suite shares: how many run at once, and a gate's figures at the end of its run."""

import os

import pytest

FIGURES = ("gates", "full")  # -m: what counts and times, with a core for each


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Twice as many as there are cores: half of its time a test waits for a screen or a process."""
    cores = os.cpu_count() or 1
    return cores if config.option.markexpr in FIGURES else 2 * cores


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the gates counted, a line a figure, when they were what was asked for (-m gates, -m full)."""
    if terminalreporter.config.option.markexpr not in FIGURES:
        return
    counted = [report.capstdout for report in terminalreporter.getreports("passed") if report.when == "call"]
    lines = [line for text in counted for line in text.splitlines()]
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line[:400])

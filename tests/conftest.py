"""What every suite shares: a gate's figures stand at the end of its run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the gates counted, a line a figure, when they were what was asked for (-m gates, -m full)."""
    if terminalreporter.config.option.markexpr not in ("gates", "full"):
        return
    counted = [report.capstdout for report in terminalreporter.getreports("passed") if report.when == "call"]
    lines = [line for text in counted for line in text.splitlines()]
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line[:400])

"""Writes a line of JSON for each test to the file that PYTEST_REPORT names: its name, its outcome, and why it failed."""

import json
import os


def pytest_runtest_logreport(report):
    # Workers of xdist hand their reports on.
    if "PYTEST_XDIST_WORKER" in os.environ or (report.when != "call" and report.passed):
        return
    crash = getattr(report.longrepr, "reprcrash", None)
    why = getattr(crash, "message", None) or str(report.longrepr or "")[-300:]
    line = {"name": report.nodeid, "outcome": report.outcome, "reason": why}
    with open(os.environ["PYTEST_REPORT"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")

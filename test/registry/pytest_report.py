"""Writes a line of JSON for each test to the file that PYTEST_REPORT names: its name, its outcome, and why it failed."""

import json
import os


def pytest_runtest_logreport(report):
    if report.when != "call" and report.passed:
        return
    why = getattr(getattr(report.longrepr, "reprcrash", None), "message", None)
    line = {"name": report.nodeid, "outcome": report.outcome, "reason": why or str(report.longrepr or "")[-300:]}
    with open(os.environ["PYTEST_REPORT"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")

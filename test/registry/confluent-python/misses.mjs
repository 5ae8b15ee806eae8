/** Why some of confluent-kafka-python's tests fail, by name. */
export const misses = Object.fromEntries(
  ['_sync', '_async'].map((kind) => [
    `${kind}/test_api_client.py::test_api_get_register_schema_invalid[kafka_cluster_cp_7_0_1-500-500]`,
    'what the registry of Confluent Platform 7.0.1 answered: 500 for a schema that is none; since then it is 42201',
  ]),
)

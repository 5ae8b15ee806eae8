"""confluent-kafka as its users use it, with a schema registry: writes and reads records of Avro, JSON Schema and Protobuf.

client.py write [--header] BOOTSTRAP REGISTRY (FORMAT TOPIC)...    what to write comes on stdin, by format:
    {"schema": TEXT, "message": NAME, "records": [...], "references": [{"name", "subject", "schema"}], "key": {the same}}
client.py read BOOTSTRAP REGISTRY (FORMAT TOPIC COUNT)...    prints {"topic", "key", "value"} for each record
"""

import base64
import importlib
import json
import sys
import tempfile
from pathlib import Path

from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import (
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc_tools import protoc

TYPES = {"avro": "AVRO", "json": "JSON", "protobuf": "PROTOBUF"}


def write(words):
    in_header = words[0] == "--header"
    bootstrap, url, *places = words[1:] if in_header else words
    given = json.load(sys.stdin)
    registry = SchemaRegistryClient({"url": url})
    producer = Producer({"bootstrap.servers": bootstrap})
    config = {"schema.id.serializer": header_schema_id_serializer} if in_header else {}
    for format, topic in zip(places[::2], places[1::2]):
        spec = given[format]
        keys = spec.get("key", {"records": [None] * len(spec["records"])})
        key_of, value_of = encoder(registry, format, keys, config), encoder(registry, format, spec, config)
        for key, value in zip(keys["records"], spec["records"]):
            headers = []
            producer.produce(
                topic,
                key=key_of(key, SerializationContext(topic, MessageField.KEY, headers)),
                value=value_of(value, SerializationContext(topic, MessageField.VALUE, headers)),
                headers=headers,
            )
    producer.flush()


def encoder(registry, format, spec, config):
    if "schema" not in spec:
        return lambda value, context: value
    if format == "protobuf":
        message = compiled(spec)
        serialize = ProtobufSerializer(message, registry, {"use.deprecated.format": False, **config})
        return lambda value, context: serialize(json_format.ParseDict(value, message()), context)
    schema = Schema(spec["schema"], TYPES[format], references(registry, format, spec))
    return (AvroSerializer if format == "avro" else JSONSerializer)(*ordered(format, registry, schema), conf=config)


def ordered(format, registry, schema):
    return (registry, schema) if format == "avro" else (schema, registry)


def references(registry, format, spec):
    found = []
    for reference in spec.get("references", []):
        registry.register_schema(reference["subject"], Schema(reference["schema"], TYPES[format]))
        found.append(SchemaReference(reference["name"], reference["subject"], 1))
    return found


def compiled(spec):
    """The class of a message, by protoc. What is imported has to be there as a file of its name."""
    with tempfile.TemporaryDirectory() as folder:
        files = [("schema.proto", spec["schema"])]
        files += [(reference["name"], reference["schema"]) for reference in spec.get("references", [])]
        for name, text in files:
            Path(folder, name).write_text(text)
        built_in = str(Path(protoc.__file__).parent / "_proto")
        out = str(Path(folder, "set"))
        words = ["protoc", f"-I{folder}", f"-I{built_in}", "--include_imports", f"--descriptor_set_out={out}"]
        if protoc.main([*words, "schema.proto"]) != 0:
            raise SystemExit("protoc refuses the schema")
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(Path(out).read_bytes())
    return classes(descriptors.file)[spec["message"]]


def classes(files):
    """The classes of all messages, by their full names. Each has a pool of its own: names may meet."""
    pool = descriptor_pool.DescriptorPool()
    for file in files:
        pool.Add(file)
    return message_factory.GetMessageClassesForFiles([file.name for file in files], pool)


def read(words):
    bootstrap, url, *places = words
    registry = SchemaRegistryClient({"url": url})
    for format, topic, count in zip(places[::3], places[1::3], places[2::3]):
        try:
            read_topic(bootstrap, registry, format, topic, int(count))
        except Exception as error:
            print(json.dumps({"topic": topic, "error": f"{type(error).__name__}: {error}"}))


def read_topic(bootstrap, registry, format, topic, count):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    decode = {field: decoder(registry, format, f"{topic}-{field}") for field in (MessageField.KEY, MessageField.VALUE)}
    try:
        for _ in range(count):
            record = consumer.poll(30)
            if record is None or record.error():
                raise TimeoutError(record and str(record.error()))
            parts = {MessageField.KEY: record.key(), MessageField.VALUE: record.value()}
            shown = {
                field: plain(decode[field](data, SerializationContext(topic, field, record.headers())))
                for field, data in parts.items()
                if data is not None
            }
            print(json.dumps({"topic": topic, **shown}, ensure_ascii=False, separators=(",", ":")))
    finally:
        consumer.close()


def decoder(registry, format, subject):
    if format == "avro":
        return AvroDeserializer(registry)
    if format == "json":
        return JSONDeserializer(None, schema_registry_client=registry)
    return lambda data, context: ProtobufDeserializer(
        registered(registry, subject), {"use.deprecated.format": False}, registry
    )(data, context)


def registered(registry, subject):
    """The class of the first message of the latest schema of a subject, as the registry describes it."""
    files = []

    def add(subject, version, name):
        schema = registry.get_version(subject, version, fmt="serialized") if version else latest(subject)
        file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(schema.schema.schema_str))
        file.name = name
        for reference in schema.schema.references or []:
            add(reference.subject, reference.version, reference.name)
        files.extend(map(well_known, file.dependency))
        files.append(file)
        return file

    def latest(subject):
        return registry.get_latest_version(subject, fmt="serialized")

    file = add(subject, None, f"{subject}.proto")
    return classes(list(filter(None, files)))[".".join(filter(None, [file.package, file.message_type[0].name]))]


def well_known(path):
    """A file that Protobuf brings along, or None."""
    if not path.startswith("google/protobuf/"):
        return None
    module = importlib.import_module(path.removesuffix(".proto").replace("/", ".") + "_pb2")
    return descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)


def plain(value):
    """A value as JSON has it, bytes as base64."""
    if hasattr(value, "DESCRIPTOR"):
        return json_format.MessageToDict(
            value, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](sys.argv[2:])

# `python rate.py SCHEMA PAYLOADS RECORDS`: how many payloads, a line of hexadecimal digits each, fastavro reads
# and json writes as lines in a second of CPU: the median of five, after one to warm up.
import io
import json
import statistics
import sys
import time

import fastavro

schema_file, payload_file, records = sys.argv[1:]
schema = fastavro.parse_schema(json.load(open(schema_file)))
payloads = [bytes.fromhex(line) for line in open(payload_file)]
rounds = int(records) // len(payloads)


def rate():
    began = time.process_time()
    for _ in range(rounds):
        for payload in payloads:
            json.dumps(fastavro.schemaless_reader(io.BytesIO(payload), schema, None))
    return rounds * len(payloads) / (time.process_time() - began)


rate()
print(round(statistics.median(rate() for _ in range(5))))

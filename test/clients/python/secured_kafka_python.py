"""kafka-python with the secrets of the attempts in FILE."""
import logging

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaTimeoutError
from kafka.net.sasl.oauth import AbstractTokenProvider

from secured_harness import compare, run

PATIENCE_MS = 5000
# It tries to get in until then, and says why it did not in its log alone.
BOOTSTRAP_MS = 500


class Complaints(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


complaints = Complaints()
log = logging.getLogger('kafka')
log.addHandler(complaints)
log.propagate = False


class Token(AbstractTokenProvider):
    def __init__(self, text):
        super().__init__()
        self.text = text

    def token(self):
        return self.text


def settings_of(attempt):
    settings = {'bootstrap_servers': attempt['server'], 'security_protocol': attempt['protocol'],
                'bootstrap_timeout_ms': BOOTSTRAP_MS}
    if 'authority' in attempt:
        settings['ssl_cafile'] = attempt['authority']
    if 'identity' in attempt:
        settings.update(ssl_certfile=attempt['identity'], ssl_keyfile=attempt['identity'])
    if 'mechanism' in attempt:
        settings['sasl_mechanism'] = attempt['mechanism']
    if 'token' in attempt:
        settings['sasl_oauth_token_provider'] = Token(attempt['token'])
    elif 'mechanism' in attempt:
        settings.update(sasl_plain_username=attempt['user'], sasl_plain_password=attempt['password'])
    return settings


def write(attempt):
    producer = KafkaProducer(**settings_of(attempt), acks='all', max_block_ms=PATIENCE_MS)
    try:
        header = ('attempt', attempt['name'].encode())
        report = producer.send(attempt['topic'], attempt['value'].encode(), attempt['name'].encode(), [header], partition=0)
        return report.get(PATIENCE_MS / 1000).offset
    finally:
        producer.close(timeout=0)


def read(attempt, offset):
    partition = TopicPartition(attempt['topic'], 0)
    consumer = KafkaConsumer(**settings_of(attempt), enable_auto_commit=False, consumer_timeout_ms=PATIENCE_MS)
    try:
        consumer.assign([partition])
        consumer.seek(partition, offset)
        message = next(consumer)
        compare(attempt, message.key, message.value, message.headers)
    finally:
        consumer.close()


def make(attempt):
    complaints.lines.clear()
    try:
        read(attempt, write(attempt))
    except KafkaTimeoutError as error:
        raise RuntimeError(' | '.join(complaints.lines)) from error


run(make)

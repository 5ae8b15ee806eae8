"""confluent-kafka, on librdkafka, with the secrets of the attempts in FILE."""
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from secured_harness import compare, run

PATIENCE_S = 10


class Failure(Exception):
    def __init__(self, error):
        super().__init__(error.str())
        self.name = error.name()


def settings_of(attempt, errors):
    settings = {'bootstrap.servers': attempt['server'], 'security.protocol': attempt['protocol'],
                'error_cb': errors.append, 'log_level': 0}
    if 'authority' in attempt:
        settings['ssl.ca.location'] = attempt['authority']
    if 'identity' in attempt:
        settings.update({'ssl.certificate.location': attempt['identity'], 'ssl.key.location': attempt['identity']})
    if 'mechanism' in attempt:
        settings['sasl.mechanism'] = attempt['mechanism']
    if 'token' in attempt:
        # It takes no token that has expired, whoever says so.
        settings['oauth_cb'] = lambda _: (attempt['token'], time.time() + 3600)
    elif 'mechanism' in attempt:
        settings.update({'sasl.username': attempt['user'], 'sasl.password': attempt['password']})
    return settings


def wait_for(poll, errors):
    """What poll() says first. Errors of the client come beside: it would try on for ever."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = poll()
        if errors:
            raise Failure(errors[0])
        if answer is not None:
            if answer.error():
                raise Failure(answer.error())
            return answer
    raise TimeoutError('nothing came')


def write(attempt):
    errors, reports = [], []
    producer = Producer({**settings_of(attempt, errors), 'message.timeout.ms': PATIENCE_S * 1000})
    producer.produce(attempt['topic'], attempt['value'], attempt['name'], partition=0,
                     headers=[('attempt', attempt['name'])],
                     on_delivery=lambda error, message: errors.append(error) if error else reports.append(message))
    try:
        return wait_for(lambda: (producer.poll(0.05), reports[0] if reports else None)[1], errors).offset()
    finally:
        producer.purge()


def read(attempt, offset):
    errors = []
    consumer = Consumer({**settings_of(attempt, errors), 'group.id': attempt['topic'], 'enable.auto.commit': False})
    try:
        consumer.assign([TopicPartition(attempt['topic'], 0, offset)])
        message = wait_for(lambda: consumer.poll(0.1), errors)
        compare(attempt, message.key(), message.value(), message.headers())
    finally:
        consumer.close()


run(lambda attempt: read(attempt, write(attempt)))

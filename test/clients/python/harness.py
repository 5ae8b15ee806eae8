"""What the two Python programs share: the command line, and the records as JSON documents, one a line.

check SERVER STRICT TASK…, write SERVER (TOPIC CODEC FILE)…, read SERVER TOPIC…
"""
import json
import sys
import time
import traceback
import uuid


def run(tasks, write, read):
    action, server, *rest = sys.argv[1:]
    if action == 'check':
        check(tasks, server, *rest)
    elif action == 'write':
        for topic, codec, file in zip(rest[::3], rest[1::3], rest[2::3]):
            with open(file, encoding='utf8') as lines:
                write(server, topic, codec, [json.loads(line) for line in lines])
    else:
        for record in read(server, rest):
            print(json.dumps(record, ensure_ascii=False))


def check(tasks, server, strict, *names):
    for task in tasks:
        name = task.__name__
        if name not in names:
            continue
        try:
            task(server, strict)
            print(f'passed {name}', flush=True)
        except Exception as error:
            lines = [str(frame.lineno) for frame in traceback.extract_tb(error.__traceback__)[1:] if '/clients/python/' in frame.filename]
            print(f'failed {name}: {type(error).__name__}: {error} (lines {", ".join(lines)})'.replace('\n', ' '), flush=True)


def topic_name(task):
    return f'py-{task}-{uuid.uuid4().hex[:8]}'


def until(holds, describe, seconds=20):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(describe())


def equal(got, wanted, what=''):
    if got != wanted:
        raise AssertionError(f'{what}: got {got!r}, not {wanted!r}')

"""What the two Python programs for secured listeners share: see ../secured/secured.mjs. FILE"""
import json
import sys


def run(attempt_with):
    with open(sys.argv[1], encoding='utf8') as file:
        attempts = json.load(file)
    for attempt in attempts:
        try:
            attempt_with(attempt)
            error = None
        except Exception as failure:
            error = describe(failure)
        print(json.dumps({'error': error}), flush=True)


def describe(failure):
    """With what it comes from, which some clients tell there alone."""
    text = f'{getattr(failure, "name", None) or type(failure).__name__}: {failure}'
    return f'{text} <- {describe(failure.__cause__)}' if failure.__cause__ else text


def compare(attempt, key, value, headers):
    name = attempt['name'].encode()
    got, wanted = (key, value, list(headers)), (name, attempt['value'].encode(), [('attempt', name)])
    if got != wanted:
        raise AssertionError(f'got {got!r}, not {wanted!r}')

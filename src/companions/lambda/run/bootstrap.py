"""Speaks the Lambda Runtime API for a Python handler. Written by the server into each environment."""

import http.client
import importlib
import json
import logging
import os
import resource
import sys
import time
import traceback

HOST, _, BASE = os.environ["AWS_LAMBDA_RUNTIME_API"].partition("/")
RUNTIME = ("/" + BASE if BASE else "") + "/2018-06-01/runtime"
MARK = os.environ.pop("SLIPWAY_MARK", "")
ROOT = os.environ["LAMBDA_TASK_ROOT"]


def ask(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(HOST)
    try:
        connection.request(method, RUNTIME + path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def finish(path, body, kind=None):
    """Lets what was printed go first, so that the log of this invocation is whole."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, MARK.encode())
    headers = {"slipway-max-memory-kb": str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)}
    if kind:
        headers["Lambda-Runtime-Function-Error-Type"] = kind
    ask("POST", path, body, headers)


class Fault(Exception):
    """What the runtime, not the function, finds wrong."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def told(error, request_id):
    kind = error.kind if isinstance(error, Fault) else type(error).__name__
    # Frames of this file say nothing about the function.
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    trace = [] if isinstance(error, Fault) else traceback.format_list(frames)
    lines = ["[ERROR] %s: %s" % (kind, error)]
    if trace:
        lines.append("Traceback (most recent call last):")
    print("\r".join(lines + [line.rstrip("\n").replace("\n", "\r") for line in trace]), flush=True)
    said = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}
    return json.dumps(said).encode()


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        client = headers.get("Lambda-Runtime-Client-Context")
        self.client_context = json.loads(client) if client else None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        print(message, flush=True)


class Lines(logging.Handler):
    request_id = ""

    def emit(self, record):
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = "[%s]\t%s.%03dZ\t%s\t%s" % (
            record.levelname, at, record.msecs, Lines.request_id, self.format(record))
        print(text, flush=True)


def load(name):
    module, dot, function = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName",
                    "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module, error))
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module, error))
    handler = getattr(loaded, function, None)
    if handler is None:
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function, module))
    return handler


def answer(handler, body, context):
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
    result = handler(event, context)
    try:
        return json.dumps(result).encode()
    except (TypeError, ValueError) as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)


def main():
    # What is printed is in the log even when the function does not come to its end.
    sys.stdout.reconfigure(line_buffering=True)
    sys.path.insert(0, ROOT)
    logging.getLogger().addHandler(Lines())
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        finish("/init/error", told(error, ""), "Runtime.ExitError")
        sys.exit(1)
    while True:
        status, headers, body = ask("GET", "/invocation/next")
        if status != 200:
            sys.exit(0)
        context = Context(headers)
        Lines.request_id = context.aws_request_id
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        path = "/invocation/" + context.aws_request_id
        try:
            said = answer(handler, body, context)
        except Exception as error:
            finish(path + "/error", told(error, context.aws_request_id), "Unhandled")
        else:
            finish(path + "/response", said)


main()

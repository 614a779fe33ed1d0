"""Runs cases of makefile() from standard input, a JSON array, and prints what each operation gives."""
import json
import socket
import sys

CODES = {
    "UnicodeDecodeError": "ERR_ENCODING_INVALID_ENCODED_DATA",
    "UnicodeEncodeError": "ERR_INVALID_CHAR",
    "UnsupportedOperation": "ERR_UNSUPPORTED_OPERATION",
    "BlockingIOError": "EAGAIN",
    "TimeoutError": "ETIMEDOUT",
    "OSError": "OSError",
    "BrokenPipeError": "EPIPE",
    "LookupError": "ERR_UNKNOWN_ENCODING",
}


def code_of(error):
    if isinstance(error, ValueError) and type(error) is ValueError:
        return "ValueError"
    return CODES.get(type(error).__name__, type(error).__name__)


def shown(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ["bytes", bytes(value).decode("latin-1")]
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def run(case):
    near, far = socket.socketpair()
    log = []
    try:
        near.settimeout(case.get("timeout", 5))
        far.settimeout(5)
        try:
            options = {k: case[k] for k in ("buffering", "encoding", "errors", "newline") if k in case}
            file = near.makefile(case["mode"], **options)
        except Exception as error:
            return [code_of(error)]
        for name, *args in case["ops"]:
            try:
                if name == "feed":
                    far.sendall(args[0].encode("latin-1"))
                    value = None
                elif name == "end":
                    far.shutdown(socket.SHUT_WR)
                    value = None
                elif name == "sent":
                    far.setblocking(False)
                    try:
                        value = far.recv(65536)
                    except BlockingIOError:
                        value = b""
                elif name == "lines":
                    value = list(file)
                elif name == "into":
                    buffer = bytearray(args[1])
                    count = getattr(file, args[0])(buffer)
                    value = [count, shown(buffer[: count or 0])]
                elif name == "write":
                    value = file.write(args[0].encode("latin-1") if "b" in case["mode"] else args[0])
                elif name == "attribute":
                    value = getattr(file, args[0])
                elif name == "sock.close":
                    value = near.close()
                elif name == "sock.fileno":
                    value = near.fileno() >= 0
                else:
                    value = getattr(file, name)(*args)
                log.append(shown(value))
            except Exception as error:
                log.append(code_of(error))
        return log
    finally:
        near.close()
        far.close()


print(json.dumps([run(case) for case in json.load(sys.stdin)]))

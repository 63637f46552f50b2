"""How an adapter starts and ends, and the line that it prints."""

import argparse
import json
import os
import re
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

from contract.policy import Policy, Unsupported


class Refused(Exception):
    """The library does not accept the policy."""


@contextmanager
def refusals():
    """An exception inside is the library's refusal of the policy."""
    try:
        yield
    except Exception as error:
        # The address of an object differs from run to run.
        raise Refused(re.sub(" at 0x[0-9a-f]+", "", str(error) or repr(error))) from error


@dataclass
class Served:
    """A library that is mounted."""

    library: str  # the name of its package
    config: str
    # serve gets a socket that listens, calls its second argument when it answers, and does not return.
    serve: Callable[[socket.socket, Callable[[], None]], None]


def main(mount):
    """The main function of an adapter. mount gets a policy and returns a Served."""
    out = keep_standard_output()
    end_with_standard_input()
    policy = read_policy()
    try:
        served = mount(policy)
    except Refused as refused:
        return say(out, {"refused": str(refused)})
    except Unsupported as unsupported:
        return say(out, {"unsupported": list(unsupported.args)})
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listener.getsockname()[1]
    served.serve(listener, lambda: say(out, ready(served, policy, port)))


def read_policy():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--policy", required=True)
    arguments.add_argument("--upstream")  # for proxies
    with open(arguments.parse_args().policy, encoding="utf-8") as file:
        return Policy(json.load(file))


def ready(served, policy, port):
    line = {
        "ready": True,
        "port": port,
        "library": served.library,
        "version": version(served.library),
        "config": served.config,
    }
    if policy.unsupported:
        line["unsupported"] = policy.unsupported
    return line


def say(out, line):
    os.write(out, json.dumps(line).encode() + b"\n")


def keep_standard_output():
    """Returns standard output, and has what frameworks print go to standard error."""
    out = os.dup(1)
    os.dup2(2, 1)
    return out


def end_with_standard_input():
    def wait():
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()

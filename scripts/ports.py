"""Which ports are free. Runs on any Python 3 and needs no package: it is asked before there are any."""

import os
import socket
import sys

LOOPBACK = "127.0.0.1"


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def first_free(port):
    """Return `port` or the next one that nobody uses."""
    while not is_free(port):
        port += 1
    return port


def site_port():
    """Return the port that PORT asks for (8000 otherwise), or end the program with what to do instead."""
    wish = os.environ.get("PORT") or "8000"
    if not wish.isdigit() or not 1024 <= int(wish) <= 65535:
        sys.exit("PORT={}: a port is a number from 1024 to 65535, for example: PORT=8001 make run".format(wish))
    port = int(wish)
    if not is_free(port):
        sys.exit(
            "Port {} is taken by another program (perhaps Knutpunkt is running already).\n"
            "Stop that program, or choose another port: PORT={} make run".format(port, first_free(port + 1))
        )
    return port

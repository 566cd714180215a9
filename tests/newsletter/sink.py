"""A mail server for tests: takes what it is given, and misbehaves on request."""

import asyncio
import socket
import threading

from aiosmtpd.controller import Controller


class AnyPortController(Controller):
    """Takes a port that is free, and knows it before the first connection."""

    def _create_server(self):
        listener = socket.create_server((self.hostname, 0))
        self.port = listener.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listener)


class Sink:
    """`replies` answers a step ("MAIL", "RCPT", "DATA") for an address otherwise; `hold` never answers it and says so."""

    def __init__(self, *, pipelining=False):
        self.pipelining = pipelining
        self.received = []
        self.messages = {}
        self.replies = {}
        self.hold = None  # (step, how many times it passes before)
        self.held = threading.Event()
        self.connections = 0
        self.connections_awaited = 0  # no mail is taken before there are as many
        self._all_there = asyncio.Event()
        self._controller = AnyPortController(self, hostname="127.0.0.1")

    def __enter__(self):
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(self, *exception):
        self._controller.stop()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        if self.connections >= self.connections_awaited:
            self._all_there.set()
        session.host_name = hostname
        return [responses[0], *(["250-PIPELINING"] if self.pipelining else []), *responses[1:]]

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self._all_there.wait()
        envelope.mail_from = address
        return await self._reply("MAIL", address, server)

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = await self._reply("RCPT", address, server)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        reply = self.replies.get(("DATA", address), "")
        if not reply or reply == "drop":
            self.received.append(address)
            self.messages[address] = envelope.original_content
        return await self._reply("DATA", address, server)

    async def _reply(self, step, address, server):
        if self.hold and self.hold[0] == step:
            if self.hold[1] == 0:
                self.held.set()
                await asyncio.Event().wait()
            self.hold = (step, self.hold[1] - 1)
        reply = self.replies.get((step, address), "250 OK")
        if reply == "drop":
            server.transport.abort()
        return reply

"""An SMTP server that costs little: it takes every mail and keeps none."""

from __future__ import annotations

import socket
import socketserver
from typing import Any


class _Sink(socketserver.StreamRequestHandler):
    """Takes every mail and keeps none: as little SMTP as a client needs."""

    def handle(self) -> None:
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wfile.write(b"220 sink\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
            if verb == b"QUIT":
                return


def serve(port: Any) -> None:
    """Listen, and put the port into a queue."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Sink) as server:
        port.put(server.server_address[1])
        server.serve_forever()

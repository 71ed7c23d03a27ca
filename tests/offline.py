"""Runs a command that can make no internet socket: `python tests/offline.py COMMAND…`. Linux, as any user.

The kernel ends every process of it, and of what it starts, that asks for a socket of IPv4 or IPv6, native code too
(seccomp: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html). Sockets between processes of the
machine (AF_UNIX) are left alone. The exit status of an ended process is that of the signal SIGSYS.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
import sys

CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""By machine: its name in audits, and the number of the system call `socket`."""

LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06
AT_CALL, AT_ARCHITECTURE, AT_FAMILY = 0, 4, 16
ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 38, 22, 2


class Program(ctypes.Structure):
    """The kernel's sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def sealed() -> None:
    """From now on this process and its children make no internet socket. Raises OSError, KeyError."""
    architecture, call = CALLS[platform.machine()]

    def step(code: int, then: int, otherwise: int, value: int) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    steps = b"".join(
        [
            step(LOAD, 0, 0, AT_ARCHITECTURE),
            step(EQUALS, 0, 6, architecture),  # the calls of another architecture have other numbers: not allowed
            step(LOAD, 0, 0, AT_CALL),
            step(EQUALS, 0, 3, call),
            step(LOAD, 0, 0, AT_FAMILY),
            step(EQUALS, 2, 0, socket.AF_INET),
            step(EQUALS, 1, 0, socket.AF_INET6),
            step(RETURN, 0, 0, ALLOW),
            step(RETURN, 0, 0, KILL_PROCESS),
        ]
    )
    buffer = ctypes.create_string_buffer(steps, len(steps))
    program = Program(len(steps) // 8, ctypes.addressof(buffer))
    system = ctypes.CDLL(None, use_errno=True)
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0)):
        if system.prctl(*arguments):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    sealed()
    os.execvp(sys.argv[1], sys.argv[1:])

"""What a process may do that parses files of strangers.

It is told by itself, before it opens the file, and cannot be taken back: memory, time and the size
of what it writes have ends (`setrlimit`), and it outlives its parent for a moment at most. On Linux
the kernel refuses it sockets, other programs and looking into other processes (a seccomp filter, as
`seccomp(2)` describes it). On macOS the address space is not bounded, as its kernel does not hold
`RLIMIT_AS`, and sockets are not refused; the limits of time and files hold there too.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from contextlib import suppress
from threading import Thread, stack_size

from transload.formats.reading.model import Limits

_OPEN_FILES = 64
_STACK_BYTES = 256 << 10
_GRACE_SECONDS = 5

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2

# Instructions of classic BPF, and where `struct seccomp_data` has what they load.
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_CALL_NUMBER, _ARCHITECTURE = 0, 4
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 1  # with EPERM
_KILL = 0x80000000
_X32_CALLS = 0x40000000

# The numbers of socket, socketpair, connect, bind, execve, execveat, ptrace, process_vm_readv,
# process_vm_writev, io_uring_setup, by architecture: its AUDIT_ARCH first.
_REFUSED_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 42, 49, 59, 322, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 199, 203, 200, 221, 281, 117, 270, 271, 425)),
}


def confine(limits: Limits, parent_pipe: int) -> None:
    """Bound this process for good; its parent holds the other end of `parent_pipe` open."""
    # A signal that says why comes at the first, and the end some seconds later.
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + _GRACE_SECONDS)
    _limit(resource.RLIMIT_FSIZE, limits.written_bytes + (16 << 20))
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    if sys.platform == "linux":
        _refuse_calls()
    _end_with_parent(parent_pipe)


def _limit(kind: int, most: int, end: int | None = None) -> None:
    _, hard = resource.getrlimit(kind)
    last = most if end is None else end
    bound = last if hard == resource.RLIM_INFINITY else min(last, hard)
    # macOS refuses some of them: the others still hold.
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (min(most, bound), bound))


def _end_with_parent(pipe: int) -> None:
    def wait() -> None:
        with suppress(OSError):
            os.read(pipe, 1)
        os._exit(1)

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Where the kernel does not say it, and where the parent has ended before it was asked.
    stack_size(_STACK_BYTES)
    Thread(target=wait, daemon=True).start()


def _refuse_calls() -> None:
    """Install the filter; a kernel without one, and an architecture not listed, go without."""
    if platform.machine() not in _REFUSED_CALLS:
        return
    architecture, calls = _REFUSED_CALLS[platform.machine()]
    program = [(_LOAD, 0, 0, _ARCHITECTURE), (_JUMP_IF_EQUAL, 1, 0, architecture)]
    program += [(_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _CALL_NUMBER)]
    # The calls of x32 have numbers of their own, which nothing here uses.
    program += [(_JUMP_IF_AT_LEAST, len(calls) + 1, 0, _X32_CALLS)]
    program += [(_JUMP_IF_EQUAL, len(calls) - at, 0, number) for at, number in enumerate(calls)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = ctypes.create_string_buffer(
        b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    )
    header = struct.pack("@HP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None)
    # Needed by whoever is not root.
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0)

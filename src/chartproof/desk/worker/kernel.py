"""What Linux itself refuses to a process: no network, no other program, no process, no file but those it is given.

All of it can be asked for without privileges and without a library of its own, and none of it can be taken back. Each
function says whether the kernel agreed; a kernel that is too old, or forbids it in its own container, does not.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_NO_NEW_PRIVS, _SECCOMP, _DUMPABLE, _DEATH_SIGNAL, _FILTER = 38, 22, 4, 1, 2
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
#: Numbers of system calls: x86_64 and aarch64, from the kernel's own tables.
_CALLS = {
    "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242), "connect": (42, 203), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "recvmsg": (47, 212), "execve": (59, 221), "execveat": (322, 281), "fork": (57, -1), "vfork": (58, -1),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kill": (62, 129),
    "tkill": (200, 130), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280),
    "perf_event_open": (298, 241), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "userfaultfd": (323, 282), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "setsid": (112, 157), "setpgid": (109, 154),
    "mknod": (133, -1), "mknodat": (259, 33), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "mount_setattr": (442, 442),
    "personality": (135, 92), "quotactl": (179, 60), "syslog": (103, 116), "ioperm": (173, -1), "iopl": (172, -1),
}  # fmt: skip
_CLONE, _CLONE3, _TGKILL, _PRLIMIT = (56, 220), (435, 435), (234, 131), (302, 261)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_ALLOW, _REFUSE, _NO_SUCH_CALL, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
_CLONE_THREAD = 0x00010000

_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
#: What Landlock can guard by its version: files, then moving between folders, truncating, devices.
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_BIND_AND_CONNECT = 0b11
_CREATE, _ADD, _RESTRICT = 444, 445, 446


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def no_new_privileges() -> bool:
    """Also: dies with its parent, leaves no core file, cannot be looked into by its like."""
    if sys.platform != "linux":
        return False
    libc = _libc()
    libc.prctl(_DEATH_SIGNAL, 9, 0, 0, 0)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    return bool(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def leave_network() -> bool:
    """A network namespace of its own, without any interface that is up. Only for a process of one thread."""
    if sys.platform != "linux":
        return False
    return bool(_libc().unshare(_NEW_USER | _NEW_NET) == 0)


def see_only(readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Landlock: files are read beneath `readable` only, written beneath `writable` only; no TCP where it can forbid it."""
    if sys.platform != "linux":
        return False
    libc = _libc()
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    handled = _FILES[min(version, 5)]
    network = _TCP_BIND_AND_CONNECT if version >= 4 else 0
    rules = struct.pack("<QQ", handled, network)[: 16 if version >= 4 else 8]
    ruleset = libc.syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(libc, ruleset, path, _READ_FILE | (_READ_FOLDER if path.is_dir() else 0))
        for path in writable:
            _allow(libc, ruleset, path, handled & ~1)  # bit 0 is to run it as a program
        return bool(libc.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = struct.pack("<Qi", rights, place)
        libc.syscall(_ADD, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0))
    finally:
        os.close(place)


def refuse_calls() -> bool:
    """A seccomp filter: what would reach the network, another process, another program or the kernel's insides fails."""
    place, architecture = _ARCHITECTURES.get(platform.machine(), (-1, 0))
    if sys.platform != "linux" or place < 0:
        return False
    program = _program(place, architecture, os.getpid())
    packed = ctypes.create_string_buffer(b"".join(program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(packed))
    return bool(_libc().prctl(_SECCOMP, _FILTER, ctypes.c_char_p(header), 0, 0) == 0)


def _program(place: int, architecture: int, own: int) -> list[bytes]:
    """BPF: load a word, compare, return. Offsets: 0 the call's number, 4 the architecture, 16 its first argument."""
    returned = 0x06
    numbers = sorted(call[place] for call in _CALLS.values() if call[place] >= 0)
    lines = [_load(4), _when_equal(architecture, 1, 0), _line(returned, _KILL), _load(0)]
    if place == 0:  # the 32-bit calls of x86_64 have numbers of their own
        lines += [_line(0x35, 0x40000000, 0, 1), _line(returned, _KILL)]
    lines += [_when_equal(_CLONE3[place], 0, 1), _line(returned, _NO_SUCH_CALL)]
    lines += [
        _when_equal(_CLONE[place], 0, 4), _load(16), _line(0x45, _CLONE_THREAD, 0, 1), _line(returned, _ALLOW),
        _line(returned, _REFUSE),
        _when_equal(_TGKILL[place], 0, 4), _load(16), _when_equal(own, 0, 1), _line(returned, _ALLOW),
        _line(returned, _REFUSE),
        _when_equal(_PRLIMIT[place], 0, 4), _load(16), _when_equal(0, 0, 1), _line(returned, _ALLOW),
        _line(returned, _REFUSE),
    ]  # fmt: skip
    for number in numbers:
        lines += [_when_equal(number, 0, 1), _line(returned, _REFUSE)]
    return [*lines, _line(returned, _ALLOW)]


def _line(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("<HBBI", code, then, otherwise, value)


def _load(offset: int) -> bytes:
    return _line(0x20, offset)


def _when_equal(value: int, then: int, otherwise: int) -> bytes:
    return _line(0x15, value, then, otherwise)

"""The program's processes that run on this machine."""

from pathlib import Path


def workers_in(folder: Path) -> set[int]:
    """The ids of the workers that were started in a folder."""
    return {int(process.name) for process in Path("/proc").iterdir() if _is_worker(process, folder)}


def _is_worker(process: Path, folder: Path) -> bool:
    if not process.name.isdecimal():
        return False
    try:
        command = (process / "cmdline").read_bytes().split(b"\0")
        return b"worker" in command and (process / "cwd").resolve() == folder.resolve()
    except OSError:  # it has just ended
        return False

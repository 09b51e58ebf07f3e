"""A pytest plugin that runs the tests on the program with one small change, named by the variable CHANGED.

The change is made in the source as it is read: no file is touched. `test_mutations.py` starts it.
"""

import json
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from hypothesis import Phase, settings

CHANGED = "CHANGED"


class _Changed(SourceFileLoader):
    """Reads a module with one piece of its text replaced by another."""

    def __init__(self, name: str, path: str, old: str, new: str) -> None:
        super().__init__(name, path)
        self.old, self.new = old, new

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text()
        assert source.count(self.old) == 1, f"not once in {fullname}: {self.old}"
        return compile(source.replace(self.old, self.new), self.path, "exec")


class _Finder(MetaPathFinder):
    def __init__(self, module: str, old: str, new: str) -> None:
        self.module, self.old, self.new = module, old, new

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Changed(fullname, spec.origin, self.old, self.new)
        return spec


if changed := os.environ.get(CHANGED):
    sys.meta_path.insert(0, _Finder(*json.loads(changed)))

# The same examples each time, without shrinking: it only matters whether a test fails.
settings.register_profile(
    "mutations", phases=(Phase.explicit, Phase.generate), derandomize=True, database=None
)
settings.load_profile("mutations")

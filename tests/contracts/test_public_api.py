"""What `podindex` and its modules say they export is what they export."""

import ast
import importlib
from pathlib import Path

import pytest

import podindex

PACKAGE_DIR = Path(podindex.__file__).parent


def _modules_with_all() -> list[str]:
    names = []
    for path in sorted(PACKAGE_DIR.rglob("*.py")):
        if any(line.startswith("__all__") for line in path.read_text(encoding="utf-8").splitlines()):
            parts = path.relative_to(PACKAGE_DIR.parent).with_suffix("").parts
            names.append(".".join(part for part in parts if part != "__init__"))
    return names


@pytest.mark.parametrize("name", _modules_with_all())
def test_exports_exist_and_are_sorted(name: str) -> None:
    module = importlib.import_module(name)
    assert list(module.__all__) == sorted(set(module.__all__))
    assert [export for export in module.__all__ if not hasattr(module, export)] == []


def test_package_exports_everything_it_imports_or_defines() -> None:
    tree = ast.parse((PACKAGE_DIR / "__init__.py").read_text(encoding="utf-8"))
    bound = {"__version__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "typing":
            bound |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef):
            bound.add(node.name)
    assert sorted(name for name in bound if not name.startswith("_") or name == "__version__") == podindex.__all__


def test_every_module_says_what_it_owns_and_whether_it_does_io() -> None:
    silent = []
    for path in sorted(PACKAGE_DIR.rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        # A package introduces its modules; a command's file is named after what it does, on the terminal like all.
        speaks_for_itself = path.name in ("__init__.py", "__main__.py") or path.parent.name == "commands"
        if not docstring or not (speaks_for_itself or "Pure" in docstring or "I/O" in docstring):
            silent.append(str(path.relative_to(PACKAGE_DIR)))
    assert silent == []

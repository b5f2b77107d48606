"""The house rules that can be checked: floors, homes, sizes, and what may not be written anywhere."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import supportdesk.desk
import supportdesk.model
import supportdesk.providers
from supportdesk.late import PLACES

PACKAGE = Path(__file__).parent.parent / "supportdesk"
FLOORS = {
    "late": -1,  # it imports nothing by itself: who uses `late.x` counts as importing x
    "model": 0,
    "errors": 0,
    "text": 1,
    "typed": 1,
    "insight": 2,
    "gate": 2,
    "outbox": 2,
    "shift": 2,
    "providers": 3,
    "transport": 4,
    "store": 4,
    "secrets": 4,
    "config": 4,
    "demo": 4,
    "desk": 5,
    "cli": 6,
    "ui": 6,
    "__main__": 6,
}
HOMES = {
    "httpx": ("transport",),
    "tinydb": ("store/ledger",),
    "keyring": ("secrets",),
    "msgspec": ("typed",),
    "oauthlib": ("secrets",),
    "polars": ("cli/scan", "cli/archive"),
    "tomllib": ("config",),
    "textual": ("ui/",),
    "rich": ("ui/",),
    "platformdirs": ("config", "ui/lastframe"),
    "sqlite3": ("store/cache",),
}
LATE = {"httpx", "tinydb", "keyring", "msgspec", "oauthlib", "polars"}
IMPURE = {
    "os",
    "io",
    "random",
    "secrets",
    "socket",
    "ssl",
    "subprocess",
    "time",
    "uuid",
    "threading",
    "asyncio",
    "pathlib",
}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
BY_NAME = {  # what a package takes from its modules when it is asked for it
    f"{package.__name__}.{name}": f"{package.__name__}.{module}.{name}"
    for package in (supportdesk.desk, supportdesk.model, supportdesk.providers)
    for name, module in package.PLACES.items()
}


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def modules(package: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield str(path.relative_to(package).with_suffix("")), parsed(path.read_text(encoding="utf-8"))


def room(module: str) -> str:
    return module.split("/")[0]


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((BY_NAME.get(name, name), node.lineno) for name in names)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "late" and node.attr in PLACES:
            yield f"supportdesk.{PLACES[node.attr]}.{node.attr}", node.lineno


def floor_problems(package: Path) -> list[str]:
    found = []
    for module, tree in modules(package):
        here = room(module)
        if here == "__init__":
            continue
        for name, line in imports(tree):
            parts = name.split(".")
            if parts[0] != "supportdesk" or len(parts) < 2 or parts[1] == "__version__":
                continue
            there = parts[1]
            if there == here or FLOORS[there] < FLOORS[here]:
                continue
            if (here, there) in {("cli", "ui"), ("__main__", "cli"), ("__main__", "ui")}:
                continue
            found.append(f"{module}:{line} imports {name}, from floor {FLOORS[here]} to floor {FLOORS[there]}")
    return found


def home_problems(package: Path) -> list[str]:
    found = []
    for module, tree in modules(package):
        for name, line in imports(tree):
            homes = HOMES.get(name.split(".")[0])
            if homes is not None and not any(module.startswith(home) for home in homes):
                found.append(f"{module}:{line} imports {name}, whose home is {' or '.join(homes)}")
    return found


def late_problems(package: Path) -> list[str]:
    found = []
    for module, tree in modules(package):
        for node in tree.body:
            found += [
                f"{module}:{line} imports {name} when it is loaded"
                for name, line in imports(node)
                if name.split(".")[0] in LATE and not isinstance(node, (ast.FunctionDef, ast.ClassDef))
            ]
    return found


def reached(package: Path) -> dict[str, set[str]]:
    """Each module of ours with all that is loaded with it."""
    named = {module.removesuffix("/__init__"): tree for module, tree in modules(package)}
    straight: dict[str, set[str]] = {}
    for module, tree in named.items():
        found = {name for node in tree.body for name, _ in imports(node) if not isinstance(node, ast.FunctionDef)}
        places = {
            name.removeprefix("supportdesk.").replace(".", "/") for name in found if name.startswith("supportdesk.")
        }
        straight[module] = {place if place in named else place.rpartition("/")[0] for place in places} & {*named}
    loaded: dict[str, set[str]] = {}
    for module in named:
        waiting, seen = [module], set[str]()
        while waiting:
            fresh = straight[waiting.pop()] - seen
            seen |= fresh
            waiting += fresh
        loaded[module] = seen
    return loaded


def dodge_problems(package: Path) -> list[str]:
    found, loads = [], reached(package)
    for module, tree in modules(package):
        here = module.removesuffix("/__init__")
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING":
                found.append(f"{module}:{node.lineno} has a TYPE_CHECKING block")
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            for name, line in imports(node):
                there = name.removeprefix("supportdesk.").replace(".", "/")
                there = there if there in loads else there.rpartition("/")[0]
                if name.startswith("supportdesk.") and here in loads.get(there, {here}):
                    found.append(f"{module}:{line} imports {name} inside a function, which imports it in turn")
    return found


def purity_problems(package: Path) -> list[str]:
    found = []
    for module, tree in modules(package):
        if FLOORS.get(room(module), 9) > 3:
            continue
        for name, line in imports(tree):
            if name.split(".")[0] in IMPURE:
                found.append(f"{module}:{line} imports {name}")
        for node in ast.walk(tree):
            waits = isinstance(node, (ast.Await, ast.AsyncFunctionDef))
            if waits and module != "providers/ports":  # its Wire protocol only names the drivers
                found.append(f"{module}:{node.lineno} awaits")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "open",
                "datetime.now",
                "datetime.utcnow",
                "input",
            }:
                found.append(f"{module}:{node.lineno} calls {ast.unparse(node.func)}")
    return found


def size_problems(*roots: Path) -> list[str]:
    found = []
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if (lines := source.count("\n")) > LONGEST_FILE:
                found.append(f"{path}: {lines} lines")
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    length = (node.end_lineno or node.lineno) - node.lineno + 1
                    if length > LONGEST_FUNCTION:
                        found.append(f"{path}:{node.lineno} {node.name} has {length} lines")
    return found


def broad_except_problems(package: Path) -> list[str]:
    found = []
    for module, tree in modules(package):
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                caught = "everything" if node.type is None else ast.unparse(node.type)
                if caught in {"everything", "Exception", "BaseException"}:
                    found.append(f"{module}:{node.lineno} catches {caught}")
    return found


def docstring_problems(package: Path) -> list[str]:
    found = []
    for module, tree in modules(package):
        if not ast.get_docstring(tree) and tree.body:
            found.append(f"{module} does not say what it is")
    return found


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def _marked_up(call: ast.Call) -> bool:
    markup = keyword(call, "markup")
    return markup is not None and not (isinstance(markup, ast.Constant) and markup.value is False)


RAW_TEXT = {
    "Static",
    "Label",
    "Button",
    "DataTable",
    "OptionList",
    "Tree",
    "ListView",
    "Markdown",
    "RichLog",
    "Log",
    "Select",
}


def screen_problems(package: Path) -> list[str]:
    found = []
    for module, tree in modules(package):
        if room(module) != "ui":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    f"{module}:{node.lineno} @work without its group"
                    for decorator in node.decorator_list
                    if ast.unparse(decorator).split("(")[0] == "work"
                    and not (isinstance(decorator, ast.Call) and keyword(decorator, "group"))
                ]
            if isinstance(node, ast.Assign) and any(map(_is_a_border, node.targets)) and not _is_literal(node.value):
                found.append(f"{module}:{node.lineno} a border's words are markup")
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called.endswith(".update") and node.args and isinstance(node.args[0], ast.JoinedStr):
                found.append(f"{module}:{node.lineno} updates with text that is read as markup")
            if called == "Binding" and not (keyword(node, "id") and keyword(node, "tooltip")):
                found.append(f"{module}:{node.lineno} Binding without id or tooltip")
            if called in RAW_TEXT and module != "ui/inert":
                found.append(f"{module}:{node.lineno} builds a raw {called}")
            if called.endswith(".from_markup") or (called.endswith(".notify") and _marked_up(node)):
                found.append(f"{module}:{node.lineno} reads text as markup")
    return found


def _is_a_border(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr in ("border_title", "border_subtitle")


def _is_literal(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant)


RULES = {
    "floors": floor_problems,
    "homes": home_problems,
    "late imports": late_problems,
    "no dodges": dodge_problems,
    "pure below floor 4": purity_problems,
    "sizes": size_problems,
    "no broad except": broad_except_problems,
    "modules say what they are": docstring_problems,
    "screens are inert": screen_problems,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_rule(rule: str) -> None:
    assert RULES[rule](PACKAGE) == []


def test_no_test_file_grows_past_the_limit() -> None:
    assert size_problems(Path(__file__).parent) == []


BREACHES = {
    "floors": ("text.py", "from supportdesk.desk import Desk\n"),
    "homes": ("desk/__init__.py", "import tinydb\n"),
    "late imports": ("transport.py", "import httpx\n"),
    "no dodges": ("model/people.py", "def sly():\n    from supportdesk.desk import Desk\n    return Desk\n"),
    "pure below floor 4": ("outbox.py", "import time\n"),
    "sizes": ("text.py", "#\n" * 401),
    "no broad except": ("text.py", "try:\n    pass\nexcept Exception:\n    pass\n"),  # the breach to find
    "modules say what they are": ("ui/silent.py", "x = 1\n"),
    "screens are inert": (
        "ui/raw.py",
        '"""Raw."""\nfrom textual.widgets import Static\n\nStatic(f"{ticket.subject}")\n',
    ),
}


@pytest.mark.parametrize(
    "breach", ["label.update(f'of {who}')", "screen.border_title = who", "screen.border_subtitle = f'{who}'"]
)
def test_words_that_a_widget_reads_as_markup_are_found(breach: str, tmp_path: Path) -> None:
    raw = tmp_path / "supportdesk" / "ui" / "raw.py"
    raw.parent.mkdir(parents=True)
    raw.write_text(f'"""Raw."""\n\n{breach}\n', encoding="utf-8")
    assert len(screen_problems(tmp_path / "supportdesk")) == 1


@pytest.mark.parametrize("rule", RULES)
def test_a_breach_of_the_rule_is_found(rule: str, tmp_path: Path) -> None:
    copy = tmp_path / "supportdesk"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file, breach = BREACHES[rule]
    target = copy / file
    target.write_text((target.read_text(encoding="utf-8") if target.exists() else "") + breach, encoding="utf-8")
    problems = RULES[rule](copy)
    assert len(problems) == 1, problems
    assert file.removesuffix(".py").removesuffix("/__init__") in problems[0]


def test_the_top_level_holds_what_the_plan_names() -> None:
    root = PACKAGE.parent
    if not (root / ".git").exists():
        pytest.skip("not a git checkout: the top level cannot be listed")
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout
    allowed = {"pyproject.toml", "supportdesk", "themes", "tests", "README.md", "LICENSE", ".ci", ".gitignore"}
    assert {line.split("/")[0] for line in listed.splitlines()} <= allowed


def test_the_checker_sees_the_modules_that_are_imported_late() -> None:
    told = {
        alias.name: (node.module or "").removeprefix("supportdesk.")
        for node in ast.parse((PACKAGE / "late.pyi").read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module != "collections.abc"
        for alias in node.names
    }
    assert told == PLACES
    assert all((PACKAGE / room / f"{name}.py").exists() for name, room in PLACES.items())


@pytest.mark.parametrize("package", [supportdesk.desk, supportdesk.model, supportdesk.providers])
def test_the_checker_sees_what_a_package_takes_from_its_modules(package: ModuleType) -> None:
    stub = PACKAGE / package.__name__.rpartition(".")[2] / "__init__.pyi"
    told = {
        alias.name: (node.module or "").rpartition(".")[2]
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == package.PLACES
    assert all(getattr(package, name) is not None for name in told)


def test_importing_the_desk_brings_no_network_no_keyring_and_no_tinydb() -> None:
    heavy = {"httpx", "httpcore", "keyring", "msgspec", "tinydb", "textual"}
    code = f"import sys, supportdesk.desk; print(sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"

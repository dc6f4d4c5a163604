"""Reading YAML with places: every fault is noted with its line and column, and reading goes on."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_NODES = 20_000
_NUMBER = re.compile(r"(-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?)\s*(%|[A-Za-z]+)?")
_YAML_BOOLS = frozenset({"y", "n", "yes", "no", "on", "off"})


@dataclass(slots=True)
class Document:
    """One YAML text while it is read.

    origin: names it in faults (`rules.yaml`, `main:rules.yaml`).
    faults: (line, column, text) of everything wrong so far.
    """

    origin: str
    faults: list[tuple[int, int, str]] = field(default_factory=list)

    def fault(self, node: yaml.Node, text: str) -> None:
        """Note a fault at a node."""
        mark = node.start_mark
        self.faults.append((mark.line + 1, mark.column + 1, text))

    def explain(self, since: int, meaning: str) -> None:
        """Add what a key means to the faults noted since there were so many."""
        self.faults[since:] = [(line, column, f"{text} ({meaning})") for line, column, text in self.faults[since:]]

    def told(self) -> tuple[str, ...]:
        """Give all faults as `origin:line:column: text`, in the order of the file."""
        return tuple(f"{self.origin}:{line}:{column}: {text}" for line, column, text in sorted(set(self.faults)))

    def compose(self, text: str) -> yaml.Node | None:
        """Parse the text into nodes; None for an empty document or one that is not YAML (a fault then)."""
        loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            node = yaml.compose(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
            self.faults.append((line, column, f"this is not YAML: {error.problem or error.context}"))
            return None
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            reason = str(error).splitlines()[0]
            self.faults.append((1, 1, f"this is not YAML: {reason}"))
            return None
        if node is not None and not self._bounded(node):
            return None
        return node

    def _bounded(self, root: yaml.Node) -> bool:
        """Refuse documents whose aliases unfold to more than anyone writes, or into themselves."""
        seen = 0
        stack: list[tuple[yaml.Node, int]] = [(root, 0)]
        while stack:
            node, depth = stack.pop()
            seen += 1
            if seen > _MOST_NODES or depth > 50:
                self.fault(node, "anchors and aliases unfold to more than a person writes; write the values out")
                return False
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    stack += [(key, depth + 1), (value, depth + 1)]
            elif isinstance(node, yaml.SequenceNode):
                stack += [(value, depth + 1) for value in node.value]
        return True

    def mapping(self, node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Yield (key, key node, value node) of a mapping; a doubled key or another kind of node is a fault."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what} is a mapping of keys to values, not {_kind(node)}")
            return
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(key, f"a key of {what} is a word, not {_kind(key)}")
                continue
            name = key.value
            if key.tag == "tag:yaml.org,2002:merge":
                self.fault(key, "merge keys (<<) are not read here; write the values out")
            elif name in seen:
                self.fault(key, f"`{name}` stands here a second time; YAML would silently keep only one")
            elif key.tag == "tag:yaml.org,2002:bool" and not key.style:
                self.fault(key, f"YAML reads {name} as true or false; write it in quotes: '{name}'")
            else:
                seen.add(name)
                yield name, key, value

    def unknown_key(self, key: yaml.Node, name: str, known: Iterable[str], what: str) -> None:
        """Note a key that means nothing here, with the nearest one that does."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        hint = f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(names)}"
        self.fault(key, f"`{name}` is no key of {what}{hint}")

    def text(self, node: yaml.Node, what: str) -> str | None:
        """Read a text; a number, date or boolean that YAML would make of it is a fault."""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what} is a text, not {_kind(node)}")
            return None
        if node.tag != "tag:yaml.org,2002:str":
            self.fault(node, f"{what} is a text; write it in quotes: '{node.value}'")
            return None
        if not node.value.strip():
            self.fault(node, f"{what} is empty")
            return None
        return str(node.value)

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """Read a text or a list of texts."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not nodes:
            self.fault(node, f"{what} is empty")
        read = (self.text(each, what) for each in nodes)
        return tuple(each for each in read if each is not None)

    def choice(self, node: yaml.Node, what: str, known: Iterable[str]) -> str | None:
        """Read one of several words."""
        value = self.text(node, what)
        names = list(known)
        if value is None or value in names:
            return value
        near = difflib.get_close_matches(value, names, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        self.fault(node, f"{what} is one of {', '.join(names)}, not `{value}`{hint}")
        return None

    def flag(self, node: yaml.Node, what: str) -> bool | None:
        """Read true or false; the other words that YAML takes for them are faults."""
        if isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("true", "false"):
            return bool(node.value == "true")
        given = f"`{node.value}`" if isinstance(node, yaml.ScalarNode) else _kind(node)
        yes_no = isinstance(node, yaml.ScalarNode) and node.value.lower() in _YAML_BOOLS
        self.fault(node, f"{what} is true or false, not {given}" + ("; write true or false" if yes_no else ""))
        return None

    def number(self, node: yaml.Node, what: str, *, units: tuple[str, ...], whole: bool = False) -> Fraction | None:
        """Read a number, exactly as it is written, with one of the units behind it or none."""
        match = _NUMBER.fullmatch(node.value.strip()) if isinstance(node, yaml.ScalarNode) else None
        if match is None:
            given = f"`{node.value}`" if isinstance(node, yaml.ScalarNode) else _kind(node)
            octal = isinstance(node, yaml.ScalarNode) and re.fullmatch(r"0\d+", node.value)
            self.fault(
                node, f"{what} is a number, not {given}" + ("; YAML may read a leading zero as octal" if octal else "")
            )
            return None
        value, unit = Fraction(match[1]), match[2]
        if unit is not None and unit not in units:
            expected = f"the unit here is {units[0]}" if units else "there is no unit here"
            self.fault(node, f"{what}: `{unit}` does not fit; {expected}")
            return None
        if value < 0:
            self.fault(node, f"{what} is not negative")
            return None
        if whole and value.denominator != 1:
            self.fault(node, f"{what} is a whole number")
            return None
        return value


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"`{node.value}`" if node.value else "nothing"

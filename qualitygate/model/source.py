"""What the text of a file tells: functions and lines of code."""

from __future__ import annotations

from dataclasses import dataclass

from qualitygate.model.lines import EMPTY, LineSet


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method as its source defines it.

    name:       qualified as the language writes it (`Class.method`, `outer.<locals>.inner`); a name that is defined
                again in the same file carries `#2`, `#3` … so that names of a file are unique.
    line:       first line of the definition (decorators come before it), 1-based.
    end_line:   last line, included.
    complexity: cyclomatic complexity by the language's rule, at least 1.
    parameters: parameters declared, `self` and `cls` of methods not counted.
    length:     lines of code from `line` to `end_line`: no blank lines, comments or docstrings.
    cognitive:  cognitive complexity by the language's rule, functions within this one included; 0 for none.
    """

    name: str
    line: int
    end_line: int
    complexity: int
    parameters: int
    length: int
    cognitive: int

    @property
    def lines(self) -> LineSet:
        """All lines of the definition."""
        return LineSet.between(self.line, self.end_line)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What one language engine read in one file.

    engine:     name and version of the counting rule; values of different engines are never compared.
    functions:  in the order of the file.
    code:       lines of code: neither blank, nor only comment or docstring (SonarQube's ncloc).
    statements: lines where a statement starts, those that a coverage tool would call executable.
    unreadable: lines of functions and statements that the grammar does not understand, and that nothing here counts.
    lines:      lines of the file, blank ones included; a last line without line end is one.
    """

    engine: str
    functions: tuple[Function, ...]
    code: LineSet = EMPTY
    statements: LineSet = EMPTY
    unreadable: LineSet = EMPTY
    lines: int = 0


def lines_in(content: bytes) -> int:
    """Count the lines of a file; a last line without line end is one."""
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))

"""The conditions as JUnit XML, a case each, for GitLab's test widget."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from qualitygate.model.verdict import Status
from qualitygate.report.output import Material, Output
from qualitygate.report.words import place, printable, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qualitygate.model.verdict import ConditionResult, Verdict

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(verdict: Verdict, _material: Material) -> str:
    """Write a suite a component; what could not be measured is an error where it blocks the verdict, else skipped."""
    blocked = verdict.status is Status.UNKNOWN
    components = list(dict.fromkeys(result.component for result in verdict.conditions))
    out = ['<?xml version="1.0" encoding="UTF-8"?>', _suite("testsuites", "qualitygate", verdict.conditions, blocked)]
    for component in components:
        results = [result for result in verdict.conditions if result.component == component]
        out.append(_suite("testsuite", component, results, blocked))
        out += [_case(result, blocked) for result in results]
        out.append("</testsuite>")
    return "\n".join([*out, "</testsuites>", ""])


def _suite(tag: str, name: str, results: Sequence[ConditionResult], blocked: bool) -> str:
    failed = sum(result.status is Status.FAIL for result in results)
    unknown = sum(result.status is Status.UNKNOWN for result in results)
    counts = f'tests="{len(results)}" failures="{failed}" errors="{unknown if blocked else 0}"'
    skipped = f' skipped="{0 if blocked else unknown}"' if tag == "testsuite" else ""
    return f"<{tag} name={_quoted(name)} {counts}{skipped}>"


def _case(result: ConditionResult, blocked: bool) -> str:
    start = f"  <testcase classname={_quoted(f'qualitygate.{result.component}')} name={_quoted(title(result))}"
    message = _quoted(result.explanation)
    if result.status is Status.FAIL:
        remedy = result.remedy and f"to turn it green: {result.remedy}"
        places = [printable(f"{place(each)} {each.message}".strip()) for each in result.evidence]
        text = "\n".join(filter(None, (result.explanation, *places, remedy)))
        return f'{start}><failure type="worse" message={message}>{escape(_clean(text))}</failure></testcase>'
    if result.status is Status.UNKNOWN:
        tag = 'error type="unknown"' if blocked else "skipped"
        return f"{start}><{tag} message={message}/></testcase>"
    return f"{start}/>"


def _quoted(text: str) -> str:
    return quoteattr(printable(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("�", text)


OUTPUT = Output(name="junit", render=render)

"""The keys of rules.yaml with what they mean: one text for the schema, for faults and for `rules explain`."""

from __future__ import annotations

TOP = {
    "version": "format of this file, 1",
    "extends": "presets and files that these rules start from, in order",
    "components": "parts of the module: name to globs of paths",
    "metrics": "numbers that some tool writes, with unit and direction",
    "rules": "metric, then what is looked at, then its settings",
    "overrides": "other settings for some components",
    "waivers": "exemptions that end",
}
CONDITION = {
    "not-worse": "the head may not be worse than the base",
    "min": "the smallest value that is met",
    "max": "the largest value that is met",
    "tolerance": "how much worse than the base it may be, in the metric's unit (percentage points for shares)",
    "drift": "how far tolerated losses may add up to, against the best level that the protected branch accepted",
    "ignore-below": "changes with fewer new lines are exempt",
    "unmeasured": "how source files count that no report speaks of",
    "required": "the verdict is unknown while this cannot be judged",
    "level": "what it does to the verdict when it is not met",
    "where": "which findings count",
    "locked": "files that extend this one may tighten it and never loosen it",
}
WAIVER = {
    "rule": "what is waived, as complexity/function, or a metric for all its conditions",
    "paths": "globs of the places that are excused",
    "components": "components that are excused",
    "functions": "globs of the functions that are excused",
    "findings": "rules of the findings that are excused",
    "until": "last day on which it acts, by UTC",
    "reason": "why, shown wherever it acts",
    "owner": "who answers for it",
    "link": "where it is discussed",
}
METRIC = {
    "file": "path of the file that holds the number, from the top of the repository",
    "pointer": "JSON pointer to the number (RFC 6901)",
    "sample": 'sample of OpenMetrics or Prometheus text, as name{label="value"}',
    "variable": "variable of a dotenv file",
    "unit": "what one of it is",
    "direction": "which way is better",
    "why": "what a bad value costs",
    "components": "components that it is a figure of",
}
WHERE = {
    "severity": "severities that count",
    "tool": "tools whose findings count",
    "rule": "rules whose findings count",
}

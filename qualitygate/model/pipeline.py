"""The pipeline that a run belongs to: GitLab's variables, read once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class PipelineKind(Enum):
    """What started a run; the values are words for the user."""

    LOCAL = "local"
    MERGE_REQUEST = "merge request"
    MERGED_RESULT = "merged results"
    MERGE_TRAIN = "merge train"
    BRANCH = "branch"
    TAG = "tag"
    SCHEDULE = "schedule"

    @property
    def is_merge_request(self) -> bool:
        """Whether a merge request is judged."""
        return self in _OF_MERGE_REQUESTS


_OF_MERGE_REQUESTS = frozenset({PipelineKind.MERGE_REQUEST, PipelineKind.MERGED_RESULT, PipelineKind.MERGE_TRAIN})
_EVENTS = {"merged_result": PipelineKind.MERGED_RESULT, "merge_train": PipelineKind.MERGE_TRAIN}


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """The merge request of a pipeline.

    iid:           its number in the project.
    diff_base:     merge base that GitLab computed; empty where it told none.
    target_sha:    commit of the target branch that a merged result was built on; empty in detached pipelines.
    source_sha:    head of the source branch, where the checked-out commit is a merge; empty in detached pipelines.
    target_branch: name of the branch that it is merged into.
    project:       address of the project that it belongs to, for links; empty where unknown.
    project_id:    id of that project; the fork's merge request belongs to the parent project.
    fork:          whether the source branch lives in another project.
    """

    iid: str
    diff_base: str = ""
    target_sha: str = ""
    source_sha: str = ""
    target_branch: str = ""
    project: str = ""
    project_id: str = ""
    fork: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """A token, which no message and no `repr` shows; falsy where there is none."""

    value: str = ""

    def __repr__(self) -> str:
        return "Secret(…)" if self.value else "Secret()"

    def __str__(self) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self.value)


NO_SECRET = Secret()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Where this runs. Empty texts are variables that GitLab did not set.

    kind:           what started it; a child pipeline is of the kind of the one that started it.
    child:          whether another pipeline started it.
    commit:         the commit that GitLab says is checked out.
    branch:         the branch of a branch pipeline or schedule.
    default_branch: of the project.
    protected:      whether the branch or tag is protected.
    api:            address of the API, such as https://gitlab.example/api/v4.
    project_id:     id of the project that the pipeline runs in.
    project_path:   group/project.
    project_url:    address of the project, for links.
    job_url:        address of the job, for links to its artifacts.
    job_name:       of the job.
    pipeline_id:    of the pipeline.
    config:         path of the CI configuration in the repository.
    job_token:      CI_JOB_TOKEN: packages and reading; may not write notes or statuses.
    api_token:      QUALITYGATE_API_TOKEN or GITLAB_TOKEN: a project access token with scope api.
    """

    kind: PipelineKind = PipelineKind.LOCAL
    child: bool = False
    commit: str = ""
    branch: str = ""
    default_branch: str = ""
    protected: bool = False
    api: str = ""
    project_id: str = ""
    project_path: str = ""
    project_url: str = ""
    job_url: str = ""
    job_name: str = ""
    pipeline_id: str = ""
    config: str = ".gitlab-ci.yml"
    job_token: Secret = NO_SECRET
    api_token: Secret = NO_SECRET
    merge_request: MergeRequest | None = None

    @property
    def remote(self) -> bool:
        """Whether it runs in GitLab, where the commit is judged and not what lies beside it."""
        return self.kind is not PipelineKind.LOCAL


LOCAL = Pipeline()
"""No pipeline: a developer's machine."""


def pipeline_of(environment: Mapping[str, str]) -> Pipeline:
    """Read GitLab's predefined variables; those that are absent are empty, outside of GitLab the kind is LOCAL."""

    def told(name: str) -> str:
        return environment.get(name, "").strip()

    merge_request = None
    if told("CI_MERGE_REQUEST_IID"):
        source, target = told("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), told("CI_MERGE_REQUEST_PROJECT_ID")
        merge_request = MergeRequest(
            iid=told("CI_MERGE_REQUEST_IID"),
            diff_base=told("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
            target_sha=told("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"),
            source_sha=told("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
            target_branch=told("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
            project=told("CI_MERGE_REQUEST_PROJECT_URL") or told("CI_PROJECT_URL"),
            project_id=target or told("CI_PROJECT_ID"),
            fork=bool(source and target and source != target),
        )
    return Pipeline(
        kind=_kind(told, merge_request),
        child=told("CI_PIPELINE_SOURCE") == "parent_pipeline",
        commit=told("CI_COMMIT_SHA"),
        branch=told("CI_COMMIT_BRANCH"),
        default_branch=told("CI_DEFAULT_BRANCH"),
        protected=told("CI_COMMIT_REF_PROTECTED") == "true",
        api=told("CI_API_V4_URL"),
        project_id=told("CI_PROJECT_ID"),
        project_path=told("CI_PROJECT_PATH"),
        project_url=told("CI_PROJECT_URL"),
        job_url=told("CI_JOB_URL"),
        job_name=told("CI_JOB_NAME"),
        pipeline_id=told("CI_PIPELINE_ID"),
        config=told("CI_CONFIG_PATH") or ".gitlab-ci.yml",
        job_token=Secret(told("CI_JOB_TOKEN")),
        api_token=Secret(told("QUALITYGATE_API_TOKEN") or told("GITLAB_TOKEN")),
        merge_request=merge_request,
    )


def _kind(told: _Told, merge_request: MergeRequest | None) -> PipelineKind:
    if told("GITLAB_CI") != "true":
        return PipelineKind.LOCAL
    if merge_request is not None:
        event = _EVENTS.get(told("CI_MERGE_REQUEST_EVENT_TYPE"))
        if event is None and merge_request.target_sha:
            return PipelineKind.MERGED_RESULT
        return event or PipelineKind.MERGE_REQUEST
    if told("CI_COMMIT_TAG"):
        return PipelineKind.TAG
    return PipelineKind.SCHEDULE if told("CI_PIPELINE_SOURCE") == "schedule" else PipelineKind.BRANCH


if TYPE_CHECKING:
    from collections.abc import Callable

    _Told = Callable[[str], str]

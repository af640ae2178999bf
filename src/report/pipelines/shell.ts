/**
 * Shell scripts of the pipeline steps, for GitHub and Azure DevOps. Every value is passed in an environment variable (`FH_…`),
 * never as an expression inside the script, because the shell would interpret the expression.
 */
export interface Host {
  /** Path of the command, as a shell expression. */
  readonly tool: string;
  /** A folder that is emptied after the job, as a shell expression. */
  readonly temporary: string;
  /** `output NAME VALUE` passes a value to later steps; `summary FILE` adds Markdown to the page of the run; `problem TEXT`: an error. */
  readonly functions: string;
}

const GITHUB_FUNCTIONS = `output() { printf '%s=%s\\n' "$1" "$2" >> "$GITHUB_OUTPUT"; }
summary() { cat "$1" >> "$GITHUB_STEP_SUMMARY"; }
problem() { printf '::error::%s\\n' "$1"; }`;

export const ACTION: Host = {
  tool: '$GITHUB_ACTION_PATH/bin/func-harden.cjs',
  temporary: '$RUNNER_TEMP',
  functions: GITHUB_FUNCTIONS,
};

export const WORKFLOW: Host = { ...ACTION, tool: '$RUNNER_TEMP/func-harden-tool/bin/func-harden.cjs' };

export const AZURE_DEVOPS: Host = {
  tool: '$AGENT_TEMPDIRECTORY/func-harden-tool/bin/func-harden.cjs',
  temporary: '$AGENT_TEMPDIRECTORY',
  functions: `output() { printf '##vso[task.setvariable variable=%s;isOutput=true]%s\\n' "$1" "$2"; }
summary() { printf '##vso[task.uploadsummary]%s\\n' "$1"; }
problem() { printf '##vso[task.logissue type=error]%s\\n' "$1"; }`,
};

/** Installs from the checkout that contains the action, by its lock file. */
export const INSTALL_ACTION = `set -euo pipefail
cd "$GITHUB_ACTION_PATH"
if [ ! -f dist/parts.cjs ]; then
  npm ci --no-audit --no-fund
  npm run --silent build
fi
`;

/** Installs from a commit: FH_REPOSITORY, FH_COMMIT. Git verifies the content against the commit hash. */
export const installCommit = ({ temporary }: Host): string => `set -euo pipefail
tool="${temporary}/func-harden-tool"
git init --quiet "$tool"
cd "$tool"
git fetch --quiet --depth 1 "https://github.com/$FH_REPOSITORY" "$FH_COMMIT"
git checkout --quiet --detach FETCH_HEAD
test "$(git rev-parse HEAD)" = "$FH_COMMIT"
npm ci --no-audit --no-fund
npm run --silent build
`;

/** Installs a self-contained tarball: FH_URL, FH_INTEGRITY. Nothing in it runs before its digest is verified. */
export const installTarball = ({ temporary, functions }: Host): string => `set -euo pipefail
${functions}
tool="${temporary}/func-harden-tool"
mkdir -p "$tool"
curl --fail --silent --show-error --location --retry 3 --output "$tool.tgz" "$FH_URL"
digest="$(openssl dgst -sha512 -binary "$tool.tgz" | base64 | tr -d '\\n')"
if [ "sha512-$digest" != "$FH_INTEGRITY" ]; then
  problem "The tarball has a different integrity hash than this pipeline requires: sha512-$digest."
  exit 1
fi
tar -xzf "$tool.tgz" --strip-components=1 -C "$tool"
`;

/**
 * Runs the command FH_COMMAND (audit, plan, replay). It never fails itself, because comments and uploads follow; RESULT fails the job
 * afterward.
 * FH_APPS (names, empty for all), FH_ANSWERS, FH_ALLOW_UNKNOWN, FH_FAIL_ON, FH_PLAN, FH_DIGEST, FH_APPROVED_BY, FH_MAX_AGE, FH_CONFIRM,
 * FH_DESPITE_CODE, FH_STATE.
 */
export const runCommand = ({ tool, temporary, functions }: Host): string => `set +e -uo pipefail
${functions}
reports="${temporary}/func-harden"
state="\${FH_STATE:-\${FUNC_HARDEN_STATE:-${temporary}/func-harden-state}}"
mkdir -p "$reports"
read -ra apps <<< "$(printf %s "\${FH_APPS:-}" | tr '\\n,' '  ')" || true
read -ra confirm <<< "$(printf %s "\${FH_CONFIRM:-}" | tr '\\n,' '  ')" || true
targets=(--all)
if [ "\${#apps[@]}" -gt 0 ]; then targets=(--app "\${apps[@]}"); fi
case "$FH_COMMAND" in
  audit)
    args=(audit "\${targets[@]}" --format "sarif=$reports/audit.sarif" --format "json=$reports/audit.json")
    args+=(--format "junit=$reports/audit.xml" --format "markdown=$reports/audit.md" --format "html=$reports/audit.html")
    if [ -n "\${FH_ANSWERS:-}" ]; then args+=(--answers "$FH_ANSWERS"); fi
    if [ "\${FH_ALLOW_UNKNOWN:-}" = true ]; then args+=(--allow-unknown); fi
    if [ -n "\${FH_FAIL_ON:-}" ]; then args+=(--fail-on "$FH_FAIL_ON"); fi
    ;;
  plan)
    args=(plan "\${FH_ANSWERS:?must be the path of the answers file}" "\${targets[@]}" --out "$reports/plan.json")
    args+=(--format "markdown=$reports/plan.md" --format "html=$reports/plan.html")
    ;;
  replay)
    args=(replay --plan "\${FH_PLAN:?must be the path of the saved plan}" --require-digest "\${FH_DIGEST:?must be the approved digest}" --yes --json)
    if [ -n "\${FH_APPROVED_BY:-}" ]; then args+=(--approved-by "$FH_APPROVED_BY"); fi
    if [ -n "\${FH_MAX_AGE:-}" ]; then args+=(--max-age "$FH_MAX_AGE"); fi
    if [ "\${FH_DESPITE_CODE:-}" = true ]; then args+=(--despite-code); fi
    if [ "\${#confirm[@]}" -gt 0 ]; then args+=(--confirm "\${confirm[@]}"); fi
    ;;
  *)
    problem "The command is audit, plan or replay."
    exit 64
    ;;
esac
args+=(--state "$state" --no-input --quiet)
rm -f "$reports/$FH_COMMAND".*
if [ "$FH_COMMAND" = replay ]; then
  node "${tool}" "\${args[@]}" > "$reports/replay.ndjson"
else
  node "${tool}" "\${args[@]}"
fi
code=$?
output code "$code"
if [ -f "$reports/audit.json" ] && [ "$FH_COMMAND" = audit ]; then
  for name in pass fail unknown; do output "$name" "$(jq -r ".summary[\\"$name\\"]" "$reports/audit.json")"; done
  output sarif "$reports/audit.sarif"
  output json "$reports/audit.json"
  output html "$reports/audit.html"
  output markdown "$reports/audit.md"
  summary "$reports/audit.md"
fi
if [ -f "$reports/plan.json" ] && [ "$FH_COMMAND" = plan ]; then
  output digest "$(jq -r .digest "$reports/plan.json")"
  output changes "$(jq -r '.changes | length' "$reports/plan.json")"
  output apps "$(jq -r '[.changes[].target] | unique | length' "$reports/plan.json")"
  output plan "$reports/plan.json"
  output html "$reports/plan.html"
  output markdown "$reports/plan.md"
  summary "$reports/plan.md"
fi
if [ "$FH_COMMAND" = replay ]; then
  end="$(tail -n 1 "$reports/replay.ndjson" | jq -c 'select(.type == "run-end")')"
  if [ -n "$end" ]; then
    for name in run state applied verified failed; do output "$name" "$(jq -r ".$name // empty" <<< "$end")"; done
    jq -r '"### func-harden replay: \\(.state)\\n\\nRun \\(.run // "none"): \\(.applied) applied, \\(.verified) verified, \\(.failed) failed, \\(.skipped) skipped."' <<< "$end" \\
      | tee "$reports/replay.md"
    printf '\\nDigest: \`%s\`\\n' "$FH_DIGEST" >> "$reports/replay.md"
    output json "$reports/replay.ndjson"
    output markdown "$reports/replay.md"
    summary "$reports/replay.md"
  fi
  output digest "$FH_DIGEST"
fi
exit 0
`;

/** Fails the job by the exit code of the command (FH_CODE, FH_COMMAND, FH_FAIL_ON): an incomplete report is not a complete one. */
export const result = ({ functions }: Host): string => `set +e -uo pipefail
${functions}
case "\${FH_CODE:-}" in
  0) exit 0 ;;
  2)
    # Findings, or pending changes. The report shows them.
    if [ "$FH_COMMAND" != audit ] || [ -z "\${FH_FAIL_ON:-}" ]; then exit 0; fi
    problem "There are findings of severity $FH_FAIL_ON or higher."
    ;;
  3) problem "Input is needed. The log lists what is missing." ;;
  4) problem "Not signed in, none of the selected apps could be read, or a required write is forbidden." ;;
  5) problem "Stopped part-way: some changes are applied. The undo log says which." ;;
  6) problem "Some values could not be read, so the report is incomplete. To accept this, allow unknown values." ;;
  '' | *[!0-9]*)
    problem "The command did not run."
    exit 1
    ;;
  *) problem "func-harden ended with exit code $FH_CODE." ;;
esac
exit "$FH_CODE"
`;

/** Passes the header through a file descriptor, so that the token does not appear in the process list. */
const API = `api() { curl --fail-with-body --silent --show-error --header @<(printf 'Authorization: Bearer %s' "$FH_TOKEN") --header 'Content-Type: application/json' "$@"; }`;

/** The text of the comment: the plan, or that there is none, so that no old plan is taken for the one of this commit. */
const COMMENT_BODY = `{
  printf '%s\\n' "$marker"
  if [ -f "\${FH_MARKDOWN:-}" ]; then
    cat "$FH_MARKDOWN"
  else
    printf '### func-harden plan: the plan could not be created\\n\\nExit code %s. The log of the run has the reason.\\n' "\${FH_CODE:-unknown}"
  fi
} > "$text"`;

/** Creates or updates one comment, found by a marker, on the pull request FH_PULL_REQUEST: FH_MARKDOWN, FH_CODE, FH_TOKEN. */
export const COMMENT_GITHUB = `set -euo pipefail
${API}
marker='<!-- func-harden plan -->'
text="$RUNNER_TEMP/func-harden-comment.md"
${COMMENT_BODY}
comments="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$FH_PULL_REQUEST/comments"
id=''
page=1
while true; do
  list="$(api --retry 3 "$comments?per_page=100&page=$page")"
  # A person can write the same marker, so only comments of a bot are updated.
  id="$(jq -r --arg marker "$marker" '[.[] | select(.user.type == "Bot") | select(.body | startswith($marker)) | .id] | first // empty' <<< "$list")"
  if [ -n "$id" ] || [ "$(jq length <<< "$list")" -lt 100 ]; then break; fi
  page=$((page + 1))
done
jq -Rs '{body: .}' < "$text" > "$text.json"
if [ -n "$id" ]; then
  api --request PATCH --data-binary "@$text.json" --output /dev/null "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/comments/$id"
else
  api --request POST --data-binary "@$text.json" --output /dev/null "$comments"
fi
`;

/** Does the same in Azure Repos, in a closed thread, so that the comment does not block the pull request. */
export const COMMENT_AZURE_DEVOPS = `set -euo pipefail
${API}
if [ "$BUILD_REPOSITORY_PROVIDER" != TfsGit ]; then
  echo "This repository is not in Azure Repos: the plan is in the summary of the run."
  exit 0
fi
marker='<!-- func-harden plan -->'
text="$AGENT_TEMPDIRECTORY/func-harden-comment.md"
${COMMENT_BODY}
project="$(jq -rn --arg name "$SYSTEM_TEAMPROJECT" '$name | @uri')"
threads="\${SYSTEM_COLLECTIONURI%/}/$project/_apis/git/repositories/$BUILD_REPOSITORY_ID/pullRequests/$SYSTEM_PULLREQUEST_PULLREQUESTID/threads"
place="$(api --retry 3 "$threads?api-version=7.1" | jq -r --arg marker "$marker" \\
  '[.value[] | .id as $thread | .comments[]? | select(.isDeleted != true) | select((.content // "") | startswith($marker)) | "\\($thread)/comments/\\(.id)"] | last // empty')"
jq -Rs '{content: .}' < "$text" > "$text.json"
# Only the author of a comment can update it. If the update fails, a new comment is created.
if [ -z "$place" ] || ! api --request PATCH --data-binary "@$text.json" --output /dev/null "$threads/$place?api-version=7.1"; then
  jq -Rs '{comments: [{parentCommentId: 0, content: ., commentType: "text"}], status: "closed"}' < "$text" > "$text.json"
  api --request POST --data-binary "@$text.json" --output /dev/null "$threads?api-version=7.1"
fi
`;

const NOBODY = `if [ -z "$names" ]; then
  problem "This run has no approval. Give the environment $FH_ENVIRONMENT an approval. Without it, anyone who can push can apply changes."
  exit 1
fi
output approved_by "$names"`;

/** Asks GitHub who approved this run for the environment FH_ENVIRONMENT; fails if there is no approval. */
export const APPROVAL_GITHUB = `set -euo pipefail
${GITHUB_FUNCTIONS}
${API}
names="$(api --retry 3 "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/approvals" | jq -r --arg name "$FH_ENVIRONMENT" \\
  '[.[] | select(.state == "approved") | select(any(.environments[]; .name == $name)) | .user.login] | unique | join(", ")')"
${NOBODY}
`;

/** Asks Azure DevOps who approved the stage FH_STAGE; fails if there is no approval. */
export const APPROVAL_AZURE_DEVOPS = `set -euo pipefail
${AZURE_DEVOPS.functions}
${API}
project="\${SYSTEM_COLLECTIONURI%/}/$(jq -rn --arg name "$SYSTEM_TEAMPROJECT" '$name | @uri')"
ids="$(api --retry 3 "$project/_apis/build/builds/$BUILD_BUILDID/timeline?api-version=7.1" | jq -r --arg stage "$FH_STAGE" \\
  '.records as $all | [$all[] | select(.type == "Stage" and .identifier == $stage) | .id] as $stages
  | [$all[] | select(.type == "Checkpoint") | select(.parentId as $id | $stages | index($id)) | .id] as $checkpoints
  | [$all[] | select(.type == "Checkpoint.Approval") | select(.parentId as $id | $checkpoints | index($id)) | .id] | join(",")')"
names=''
if [ -n "$ids" ]; then
  names="$(api --retry 3 "$project/_apis/pipelines/approvals?approvalIds=$ids&\\$expand=steps&api-version=7.1" | jq -r \\
    '[.value[] | select(.status == "approved") | .steps[]? | select(.status == "approved") | .actualApprover.displayName] | unique | join(", ")')"
fi
${NOBODY}
`;

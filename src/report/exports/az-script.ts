/** The part of the script that is the same for every plan: one shell function per kind of request. */
import { counted } from '../../text/counted.ts';

/** For jq 1.6 or later. Compares like func-harden: null is missing, ids in any case, the service may add members to an object. */
const JQ = String.raw`
def same($a; $b):
  if $a == null or $b == null then $a == $b
  elif ($a | type) == "array" and ($b | type) == "array" then
    ($a | length) == ($b | length) and all(range($a | length); . as $i | same($a[$i]; $b[$i]))
  elif ($a | type) == "object" and ($b | type) == "object" then
    all((($a | keys) + ($b | keys) | unique)[]; . as $key | same($a[$key]; $b[$key]))
  elif ($a | type) == "string" and ($b | type) == "string" and ($a | startswith("/subscriptions/")) then
    ($a | ascii_downcase) == ($b | ascii_downcase)
  else $a == $b end;
# In a whole resource the service adds members of its own inside lists as well.
def shows($have; $want; $whole):
  if ($want | type) == "object" then
    ($have | type) == "object" and all($want | keys[]; . as $key | shows($have[$key]; $want[$key]; $whole))
  elif $whole and ($want | type) == "array" then
    ($have | type) == "array" and ($have | length) == ($want | length)
    and all(range($want | length); . as $i | shows($have[$i]; $want[$i]; $whole))
  else same($have; $want) end;
def at($path): reduce $path[] as $member (.; if type == "object" then .[$member] else null end);
# Azure adds this rule when it returns the rules; it is not a stored value.
def rows: if type == "array" then map(select(.ipAddress? != "Any")) else . end;
def clean:
  if type != "object" then .
  elif (.type // "" | ascii_downcase) == "microsoft.storage/storageaccounts" and (.properties.networkAcls | type) == "object" then
    .properties.networkAcls |= (
      (if .ipRules then .ipRules |= map({ value }) else . end)
      | (if .virtualNetworkRules then .virtualNetworkRules |= map({ id }) else . end))
  elif (.properties | type) == "object" and (.properties | has("ipSecurityRestrictions")) then
    .properties.ipSecurityRestrictions |= rows | .properties.scmIpSecurityRestrictions |= rows
  elif (.id // "" | test("/networkConfig/virtualNetwork$"; "i")) and .properties.subnetResourceId == null then null
  else . end;
# User-assigned identities are sent by id; Azure sets their other members.
def users: if (.identity? | type) == "object" and (.identity.userAssignedIdentities | type) == "object"
  then .identity.userAssignedIdentities |= map_values({}) else . end;
def nonulls: if type == "object" then with_entries(select(.value != null) | .value |= nonulls)
  elif type == "array" then map(nonulls) else . end;
def put($sets): reduce $sets[] as $set (.; if $set.to == null then delpaths([$set.at]) else setpath($set.at; $set.to) end);
def filled($late): if ($late | length) == 0 then . else
  walk(if type == "object" and has("$late") then [.["$late"][] | if type == "number" then $late[.] else . end] | add else . end) end;
# Each function below returns the body to send, from the current resource and the change.
def patch($now; $change): reduce $change.beside[] as $path ({}; ($now | at($path)) as $v | if $v == null then . else setpath($path; $v) end)
  | reduce $change.sets[] as $set (.; if $set.to == null then . else setpath($set.at; $set.to) end) | users;
def merge($now; $change): { properties: ($now.properties // {}) } | put($change.sets);
def rewrite($now; $change): ($now // {}) | put($change.sets) | users | del(.properties.siteConfig?) | nonulls;
def settled($now; $change): all($change.sets[]; . as $set
  | shows((($now | at($set.at)) as $v | if $v == null then $set.absent else $v end); $set.to; false));
# A single value is written. A list or object that was changed after this file was created is not overwritten.
def moved($now; $change): [$change.sets[] | . as $set | select(has("was")) | ($now | at($set.at)) as $v
  | select((same($v; $set.was) or shows($v; $set.to; false)) | not) | $set.at | join(".")];
def verdict($now; $change; body): if settled($now; $change) then "there"
  else moved($now; $change) as $moved
    | if ($moved | length) > 0 and $ENV.OVERWRITE != "1" then ($moved | join(", ")) else "send", (body | tojson) end end;
def whole($now; $change): if shows($now; $change.to; true) then "there"
  elif $now != null and $ENV.OVERWRITE != "1" and (($change.was != null and shows($now; $change.was; true)) | not) then "the resource"
  else "send", ($change.to | tojson) end;
`;

interface ScriptFacts {
  readonly version: string;
  readonly from: string;
  readonly changes: number;
  readonly left: number;
}

export const scriptHead = ({ version, from, changes, left }: ScriptFacts): string => `#!/usr/bin/env bash
# ${counted(changes, 'change that hardens', 'changes that harden')} Azure Function apps; written by func-harden ${version} from ${from}.
#
#   bash FILE             sends only the changes that are not applied yet; can be run again
#   DRY_RUN=1 bash FILE   shows what would be sent; sends nothing
#   bash FILE --rotate    also creates new keys and passwords: the old ones stop working, each time the script runs
#
# Needs bash, jq 1.6 or newer, and the Azure CLI, signed in (az login). Each value is read first. Values that are already
# correct are not sent. If a list or object was changed by someone else, the script stops; with OVERWRITE=1 it writes anyway.
# This file contains no secrets. The script reads a secret when it needs it.
# ARM_ENDPOINT sets a different Azure Resource Manager than that of the cloud of az.
# Unlike func-harden, the script has no undo log and does not check risks or results: read the lines above each change.
set -euo pipefail

ROTATE=0
for word in "$@"; do
  case "$word" in
    --rotate) ROTATE=1 ;;
    *) echo "Unknown option $word; the only option is --rotate." >&2; exit 64 ;;
  esac
done
DRY_RUN="\${DRY_RUN:-0}"
export OVERWRITE="\${OVERWRITE:-0}"
for tool in az jq; do
  command -v "$tool" >/dev/null || { echo "This script needs $tool." >&2; exit 69; }
done
ARM="\${ARM_ENDPOINT:-$(az cloud show --query endpoints.resourceManager --output tsv)}"
ARM="\${ARM%/}"
umask 077
work="$(mktemp -d)"
trap 'rm -rf -- "$work"' EXIT
sent=0 there=0 rotations=0 left=${left}

cat >"$work/lib.jq" <<'JQ'${JQ}JQ

fail() { echo "FAILED: $1" >&2; exit 1; }
# query PROGRAM: runs a jq program on the current resource and the change
query() {
  jq -n -r -L "$work" --slurpfile read "$work/now" --slurpfile change "$work/change" \\
    "include \\"lib\\"; (\\$read[0] | clean) as \\$now | \\$change[0] as \\$change | $1"
}

# rest METHOD ID API [BODYFILE]
rest() {
  local body=()
  if [ $# -gt 3 ]; then body=(--headers Content-Type=application/json --body "@$4"); fi
  az rest --only-show-errors --output json --method "$1" --url "$ARM$2?api-version=$3" \${body[@]+"\${body[@]}"}
}

# look METHOD ID API: reads the current resource; null if it does not exist
look() {
  if rest "$1" "$2" "$3" >"$work/now" 2>"$work/error"; then
    if [ ! -s "$work/now" ]; then echo null >"$work/now"; fi
  elif grep -qE 'Not ?Found' "$work/error"; then
    echo null >"$work/now"
  else
    cat "$work/error" >&2
    fail "$2 could not be read"
  fi
}

# fill: reads the change from stdin, and the values that are known only when the script runs
fill() {
  cat >"$work/change"
  jq -r '.late[]? | [.says, .method // "", .id // "", .api // "", (.at // [] | tojson)] | join("\\u001f")' "$work/change" >"$work/parts"
  if [ ! -s "$work/parts" ]; then return; fi
  echo '[]' >"$work/late"
  local says method id api path
  while IFS=$'\\x1f' read -r says method id api path; do
    if [ -z "$id" ]; then
      # A key as the Functions host makes them: 40 random bytes.
      head -c 40 /dev/urandom | base64 | tr -d '\\n' | tr '+/' '-_' | jq -R . >"$work/value"
    else
      look "$method" "$id" "$api"
      jq -L "$work" --argjson path "$path" 'include "lib"; at($path)' "$work/now" >"$work/value"
      if [ "$(cat "$work/value")" = null ]; then
        if [ "$DRY_RUN" != 1 ]; then fail "the $says was not found"; fi
        jq -n --arg says "$says" '"<" + $says + ">"' >"$work/value"
      fi
    fi
    jq --slurpfile value "$work/value" '. + $value' "$work/late" >"$work/more"
    mv "$work/more" "$work/late"
  done <"$work/parts"
  jq -L "$work" --slurpfile late "$work/late" 'include "lib"; filled($late[0])' "$work/change" >"$work/more"
  mv "$work/more" "$work/change"
}

# send METHOD ID API [BODYFILE]
send() {
  sent=$((sent + 1))
  if [ "$DRY_RUN" = 1 ]; then
    echo "would $1 $2: $(jq -r '[.sets[]?.at | join(".")] | join(", ")' "$work/change")"
  else
    rest "$@" >"$work/answer"
    echo "$1 $2"
  fi
}

# decide METHOD ID API PROGRAM: the program returns "there", or "send" and the body, or the values that prevent the change
decide() {
  query "$4" >"$work/verdict"
  local verdict
  {
    read -r verdict
    cat >"$work/body"
  } <"$work/verdict"
  case "$verdict" in
    there) there=$((there + 1)) ;;
    send) send "$1" "$2" "$3" "$work/body" ;;
    *) fail "$2 was changed after this file was created ($verdict); nothing was sent" ;;
  esac
}

# patch METHOD ID API: sends only the members that change
patch() {
  fill
  look GET "$2" "$3"
  decide "$1" "$2" "$3" 'verdict($now; $change; patch($now; $change))'
}

# merge ID API READ-METHOD READ-SUFFIX: sends the current members and the changes, because Azure replaces all members
merge() {
  fill
  look "$3" "$1$4" "$2"
  decide PUT "$1" "$2" 'verdict($now; $change; merge($now; $change))'
}

# rewrite ID API: sends the current resource with the changed members
rewrite() {
  fill
  look GET "$1" "$2"
  decide PUT "$1" "$2" 'verdict($now; $change; rewrite($now; $change))'
}

# make ID API: creates a resource, or updates it
make() {
  fill
  look GET "$1" "$2"
  local before=$sent tries
  decide PUT "$1" "$2" 'whole($now; $change)'
  if [ "$DRY_RUN" = 1 ] || [ "$sent" = "$before" ]; then return; fi
  mv "$work/answer" "$work/now"
  for ((tries = 0; tries < 60; tries++)); do
    if [ ! -s "$work/now" ]; then look GET "$1" "$2"; fi
    case "$(jq -r '.properties.provisioningState? // "Succeeded"' "$work/now")" in
      Succeeded) return ;;
      Failed | Canceled) fail "Azure could not create $1" ;;
    esac
    sleep 5
    : >"$work/now"
  done
  fail "$1 is still not ready"
}

# keep_secret ID API: copies the value of a setting to a vault
keep_secret() {
  cat >"$work/secret"
  look GET "$1" "$2"
  if [ "$(cat "$work/now")" != null ]; then there=$((there + 1)); return; fi
  fill <"$work/secret"
  if [ "$(jq '.to.properties.value | startswith("@Microsoft.KeyVault")' "$work/change")" = true ]; then
    fail "$1 does not exist, and the setting contains only a reference to it"
  fi
  jq .to "$work/change" >"$work/body"
  send PUT "$1" "$2" "$work/body"
}

# remove ID API
remove() {
  look GET "$1" "$2"
  if [ "$(cat "$work/now")" = null ]; then there=$((there + 1)); return; fi
  echo '{}' >"$work/change"
  send DELETE "$1" "$2"
}

# rotate METHOD ID API: runs only with --rotate, because it creates a new value each time
rotate() {
  if [ "$ROTATE" != 1 ]; then rotations=$((rotations + 1)); return; fi
  fill
  jq .to "$work/change" >"$work/body"
  if [ "$(cat "$work/body")" = null ]; then send "$1" "$2" "$3"; else send "$1" "$2" "$3" "$work/body"; fi
}
`;

export const SCRIPT_END = `
if [ "$DRY_RUN" = 1 ]; then verb='would be sent'; else verb='sent'; fi
echo "$sent $verb, $there already correct, $rotations only with --rotate, $left not in this file (see the comments)."
`;

/** The part of the script that is the same for every plan: one function per kind of request. */

/** jq 1.6 and newer. Compares as the tool itself does: null is missing, ids know no case, the service may add members to an object. */
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
# What the service makes up on reading is nobody's value.
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
# User-assigned identities are sent by id; what else is known of them is the service's.
def users: if (.identity? | type) == "object" and (.identity.userAssignedIdentities | type) == "object"
  then .identity.userAssignedIdentities |= map_values({}) else . end;
def nonulls: if type == "object" then with_entries(select(.value != null) | .value |= nonulls)
  elif type == "array" then map(nonulls) else . end;
def put($sets): reduce $sets[] as $set (.; if $set.to == null then delpaths([$set.at]) else setpath($set.at; $set.to) end);
def filled($late): if ($late | length) == 0 then . else
  walk(if type == "object" and has("$late") then [.["$late"][] | if type == "number" then $late[.] else . end] | add else . end) end;
def settled($now; $change): all($change.sets[]; . as $set
  | shows((($now | at($set.at)) as $v | if $v == null then $set.absent else $v end); $set.to; false));
def moved($now; $change): [$change.sets[] | . as $set | select(has("was")) | ($now | at($set.at)) as $v
  | select((same($v; $set.was) or shows($v; $set.to; false)) | not) | $set.at | join(".")];
def patch($now; $change): reduce $change.beside[] as $path ({}; ($now | at($path)) as $v | if $v == null then . else setpath($path; $v) end)
  | reduce $change.sets[] as $set (.; if $set.to == null then . else setpath($set.at; $set.to) end) | users;
def merge($now; $change): { properties: ($now.properties // {}) } | put($change.sets);
def rewrite($now; $change): ($now // {}) | put($change.sets) | users | del(.properties.siteConfig?) | nonulls;
`;

export interface ScriptFacts {
  readonly version: string;
  readonly from: string;
  readonly changes: number;
  readonly left: number;
}

export const scriptHead = ({ version, from, changes, left }: ScriptFacts): string => `#!/usr/bin/env bash
# ${changes} changes that harden Azure Function apps; written by func-harden ${version} from ${from}.
#
#   bash FILE             sends what is not there yet; can be run again
#   DRY_RUN=1 bash FILE   shows what would be sent; sends nothing
#   bash FILE --rotate    makes new keys and passwords as well: the old ones stop working, each time it is run
#
# Needs bash, jq 1.6 or newer, and the Azure CLI, signed in (az login). Each value is read first and left alone where it is as
# wanted. A list or object that is neither as it was nor as it should be was changed by somebody since: the script stops there;
# with OVERWRITE=1 it writes all the same. No secret stands in this file; what is needed of one is read when it is needed.
# ARM_ENDPOINT names another Azure Resource Manager than that of the cloud that az is set to.
# Unlike func-harden itself it keeps no undo log, checks no guard and waits for no proof: read the lines above each change.
set -euo pipefail

ROTATE=0
for word in "$@"; do
  case "$word" in
    --rotate) ROTATE=1 ;;
    *) echo "Unknown option $word; there is only --rotate." >&2; exit 64 ;;
  esac
done
DRY_RUN="\${DRY_RUN:-0}"
OVERWRITE="\${OVERWRITE:-0}"
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
query() { jq -L "$work" --slurpfile now "$work/now" --slurpfile change "$work/change" "include \\"lib\\"; $1" <<<null; }

# rest METHOD ID API [BODYFILE]
rest() {
  local body=()
  if [ $# -gt 3 ]; then body=(--headers Content-Type=application/json --body "@$4"); fi
  az rest --only-show-errors --output json --method "$1" --url "$ARM$2?api-version=$3" \${body[@]+"\${body[@]}"}
}

# look METHOD ID API: what is there, null where there is nothing
look() {
  if rest "$1" "$2" "$3" >"$work/read" 2>"$work/error"; then
    if [ ! -s "$work/read" ]; then echo null >"$work/read"; fi
  elif grep -qE 'Not ?Found' "$work/error"; then
    echo null >"$work/read"
  else
    cat "$work/error" >&2
    fail "$2 could not be read"
  fi
  jq -L "$work" 'include "lib"; clean' "$work/read" >"$work/now"
}

# fill: the change on stdin, its late parts read now
fill() {
  cat >"$work/raw"
  echo '[]' >"$work/late"
  local count index id
  count="$(jq '.late | length' "$work/raw")"
  for ((index = 0; index < count; index++)); do
    id="$(jq -r ".late[$index].id // empty" "$work/raw")"
    if [ -z "$id" ]; then
      # A key as the Functions host makes them: 40 random bytes.
      head -c 40 /dev/urandom | base64 | tr -d '\\n' | tr '+/' '-_' | jq -R . >"$work/value"
    else
      look "$(jq -r ".late[$index].method" "$work/raw")" "$id" "$(jq -r ".late[$index].api" "$work/raw")"
      jq -L "$work" --slurpfile now "$work/now" "include \\"lib\\"; .late[$index].at as \\$at | \\$now[0] | at(\\$at)" "$work/raw" >"$work/value"
      # Some services and the caches between them need a moment after a write.
      if [ "$(cat "$work/value")" = null ]; then
        if [ "$DRY_RUN" != 1 ]; then fail "the $(jq -r ".late[$index].says" "$work/raw") is not there"; fi
        jq ".late[$index] | \\"<\\" + .says + \\">\\"" "$work/raw" >"$work/value"
      fi
    fi
    jq --slurpfile value "$work/value" '. + $value' "$work/late" >"$work/more"
    mv "$work/more" "$work/late"
  done
  jq -L "$work" --slurpfile late "$work/late" 'include "lib"; filled($late[0])' "$work/raw" >"$work/change"
}

# send METHOD ID API BODYFILE
send() {
  if [ "$DRY_RUN" = 1 ]; then
    echo "would $1 $2: $(jq -r '[.sets[]?.at | join(".")] | join(", ")' "$work/change")"
  else
    rest "$@" >/dev/null
    echo "$1 $2"
  fi
  sent=$((sent + 1))
}

# set_values BUILD METHOD ID API READ-METHOD READ-SUFFIX
set_values() {
  fill
  look "$5" "$3$6" "$4"
  if [ "$(query 'settled($now[0]; $change[0])')" = true ]; then there=$((there + 1)); return; fi
  local moved
  moved="$(query 'moved($now[0]; $change[0]) | join(", ")' | jq -r .)"
  if [ -n "$moved" ] && [ "$OVERWRITE" != 1 ]; then fail "$moved of $3 was changed since this was written; nothing was sent"; fi
  query "$1(\\$now[0]; \\$change[0])" >"$work/body"
  send "$2" "$3" "$4" "$work/body"
}

# patch METHOD ID API: only the members that change
patch() { set_values patch "$1" "$2" "$3" GET ''; }
# merge ID API READ-METHOD READ-SUFFIX: Azure replaces all of it, so what is there goes back with it
merge() { set_values merge PUT "$1" "$2" "$3" "$4"; }
# rewrite ID API: the resource as it is, with one member changed
rewrite() { set_values rewrite PUT "$1" "$2" GET ''; }

# make ID API: a resource that should be there
make() {
  fill
  look GET "$1" "$2"
  if [ "$(query 'shows($now[0]; $change[0].to; true)')" = true ]; then there=$((there + 1)); return; fi
  if [ "$(query '$now[0] == null or shows($now[0]; $change[0].was // {"": 0}; true)')" != true ] && [ "$OVERWRITE" != 1 ]; then
    fail "$1 is there already, and is another one"
  fi
  query '$change[0].to' >"$work/body"
  send PUT "$1" "$2" "$work/body"
  if [ "$DRY_RUN" = 1 ]; then return; fi
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    look GET "$1" "$2"
    case "$(jq -r '.properties.provisioningState? // "Succeeded"' "$work/now")" in
      Succeeded) return ;;
      Failed | Canceled) fail "Azure could not make $1" ;;
    esac
    sleep 5
  done
  fail "$1 is still not ready"
}

# keep_secret ID API: a setting's value into a vault, while the setting still has it
keep_secret() {
  cat >"$work/secret"
  look GET "$1" "$2"
  if [ "$(cat "$work/now")" != null ]; then there=$((there + 1)); return; fi
  fill <"$work/secret"
  if [ "$(query '$change[0].to.properties.value | startswith("@Microsoft.KeyVault")')" = true ]; then
    fail "$1 is gone, and the setting only refers to it"
  fi
  query '$change[0].to' >"$work/body"
  send PUT "$1" "$2" "$work/body"
}

# remove ID API
remove() {
  look GET "$1" "$2"
  if [ "$(cat "$work/now")" = null ]; then there=$((there + 1)); return; fi
  echo '{}' >"$work/change"
  send DELETE "$1" "$2"
}

# rotate METHOD ID API: asked for by --rotate only, because each time it is another one
rotate() {
  if [ "$ROTATE" != 1 ]; then rotations=$((rotations + 1)); return; fi
  fill
  query '$change[0].to' >"$work/body"
  if [ "$(cat "$work/body")" = null ]; then send "$1" "$2" "$3"; else send "$1" "$2" "$3" "$work/body"; fi
}
`;

export const SCRIPT_END = `
if [ "$DRY_RUN" = 1 ]; then verb='would be sent'; else verb='sent'; fi
echo "$sent $verb, $there as wanted already, $rotations only with --rotate, $left not in this file (see the comments)."
`;

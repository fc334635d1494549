#!/usr/bin/env bash
# Proves that the fault matrix would notice: switches off one of the library's rules at a time, and expects the tests to fail.
#
#   scripts/fault-mutants.sh            all rules
#   scripts/fault-mutants.sh never-twice checksum
#   scripts/fault-mutants.sh --check    runs nothing, and says whether there still is such source to mutate
#
# It mutates a clone in the target directory, at the last commit, which has a target directory of its own: cargo takes two checkouts for
# one, and would believe that what was built of a mutant is what was built of the source. The SDK is built there once. The repository itself stays as
# it is, however this ends. THEORY_FAULT_SEEDS sets the number of seeds (6).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
need cargo git perl
cd "$root"
client=theory/src/client
batch=theory/src/op/batch
unique=theory/src/op/unique
git diff --quiet HEAD || echo "there are changes that are not committed: they are not in it" >&2

tree=$target/fault-mutants
export CARGO_TARGET_DIR=$tree/target
[ -d "$tree/.git" ] || git clone --quiet --shared --no-checkout "$root" "$tree"
commit=$(git rev-parse HEAD)
cd "$tree"
# Writes the files that differ and no other, so that cargo sees which ones did.
restore() { git checkout --quiet --force --detach "$commit"; }
git cat-file -e "$commit" 2>/dev/null || git fetch --quiet origin "$commit"
restore

survivors=()
stale=()
found=()
only_check=false
if [ "${1:-}" = --check ]; then
  only_check=true
  shift
fi
wanted=("$@")

# run SUBJECTS: the matrix on these operations, or with `test:NAME` the tests whose names contain that one, with `test:NAME:SUBJECTS` on
# these operations. `--workspace` keeps the features that the tests have in CI.
run() {
  local filter=every_operation_keeps subjects=$1
  case $subjects in
    test:*:*) filter=${subjects#test:} subjects=${subjects##*:} filter=${filter%%:*} ;;
    test:*) filter=${subjects#test:} subjects= ;;
  esac
  THEORY_FAULT_SEEDS=${THEORY_FAULT_SEEDS:-6} THEORY_FAULT_SUBJECTS=$subjects \
    cargo test -q --workspace --test faults -- "$filter"
}

# mutant NAME SUBJECTS WHAT FILE PERL [FILE PERL]…: applies substitutions, each of which must change its file, and runs the tests.
mutant() {
  local name=$1 subjects=$2 what=$3 log started=$SECONDS took
  shift 3
  if [ ${#wanted[@]} -gt 0 ] && ! printf '%s\n' "${wanted[@]}" | grep -qx "$name"; then
    return
  fi
  found+=("$name")
  while [ $# -gt 0 ]; do
    perl -0pi -e "$2" "$1"
    if git diff --quiet -- "$1"; then
      echo "stale     $name: nothing to mutate in $1; the source has changed"
      stale+=("$name")
    fi
    shift 2
  done
  if $only_check || [[ " ${stale[*]-} " = *" $name "* ]]; then
    restore
    return
  fi
  log=$target/fault-mutants.log
  if run "$subjects" >"$log" 2>&1; then
    survivors+=("$name")
    took=$((SECONDS - started))
    echo "SURVIVED  $name: $what (${took} s)"
    grep -q '^test result: ok. [1-9]' "$log" || fail "$name: no test ran for $subjects"
  elif grep -q '^test result: FAILED' "$log"; then
    took=$((SECONDS - started))
    echo "noticed   $name: $what (${took} s)"
    # How often, and by which rule first; or by which tests.
    sed -n '/ broken:$/,+1p' "$log" | sed 's/^.*: \([0-9]* broken:\)$/\1/; s/^/            /'
    case $subjects in
      test:*) sed -n 's/^    \([a-z_:]*\)$/\1/p' "$log" | sort -u | sed 's/^/            /' ;;
    esac
  else
    tail -20 "$log" >&2
    fail "$name: the tests did not run"
  fi
  restore
}

mutant never-twice Add,Withdraw "a write that is not idempotent is repeated in doubt" \
  $client/retry/repeat.rs 's/if !self\.is_repeatable\(\)/if false/' \
  $client/exchange.rs 's/state\.ambiguous_before && !self\.0\.repeatable/false/'
mutant never-twice-sdk Append "the second line of defence stands alone, and ends such a write with the wrong error" \
  $client/retry/repeat.rs 's/if !self\.is_repeatable\(\)/if false/'
mutant ambiguous Put,Transfer "a write in doubt is called a failure" \
  $client/call.rs 's/operation\.is_write\(\) && unknown/false/'
mutant ambiguous-before Create,Set "a doubt is forgotten when the next attempt is refused" \
  $client/call.rs 's/\(ambiguous_before && !settled\)/false/'
mutant server-error Add "a 5xx counts as not executed" \
  $client/outcome.rs 's/\s+&& response\.body\(\)\.bytes\(\)\.and_then\(error_code\)\.is_some_and\(is_throttling\)//'
mutant refusal CompareAndSet,Add "a refusal counts as a doubt" \
  $client/outcome.rs 's/\(400\.\.=499\)\.contains\(&status\) && status != 408/status == 499/'
mutant connection Add,Put "a broken connection counts as never made" \
  $client/outcome.rs 's/Some\(error\) => never_connected\(error\)/Some(_) => true/'
mutant refused-connection Add,Put "a connection that was never made counts as a doubt" \
  $client/outcome.rs 's/Some\(error\) => never_connected\(error\)/Some(_) => false/'
mutant checksum Get,Add "a damaged answer is believed" \
  $client/exchange.rs 's/match_checksum\(body, checksum\)\?;//'
mutant error-checksum Create "a damaged refusal is believed" \
  $client/exchange.rs 's/match_checksum\(bytes, checksum\)\.map_err\(unreadable\)\?;//'
mutant timeout Get "the connection's own time-out is not called a deadline" \
  $client/failure.rs 's/SdkError::DispatchFailure\(failure\) if failure\.is_timeout\(\)/SdkError::DispatchFailure(failure) if failure.is_user()/'
mutant throttling-reasons Put "why a request was throttled is lost" \
  $client/throttling.rs 's/"ThrottlingReasons", "throttlingReasons"/"ThrottlingReasons"/'
mutant conflicts Put,Transfer "a conflict is not repeated" \
  $client/retry/repeat.rs 's/if can_conflict && passes\(body\)/if can_conflict \&\& passes(body) \&\& false/'
mutant conflicts-all Transfer "a failed condition is repeated like a conflict" \
  $client/retry/conflict.rs 's/codes\.all\(\|code\| PASSING\.contains\(&code\)\)/codes.all(|_| true)/'
mutant settled Transfer "a cancellation for its condition is called ambiguous in spite of the token" \
  $client/call.rs 's/let settled =\s+by_token/let settled = false \&\& by_token/'
mutant token Transfer "a transaction has no token" \
  theory/src/op/transaction/request.rs 's/ {8}out\.literal_name\("\\"ClientRequestToken\\":"\);.*?out\.end_member\(\);\n//s'
mutant create Create "a create overwrites" \
  theory/src/op/put.rs 's/Guard::NotExists => key\(\)\.map\(Test::NotExists\)/Guard::NotExists => None/'
mutant update Set "an update makes an item where there is none" \
  theory/src/op/put.rs 's/Guard::Exists => key\(\)\.map\(Test::Exists\)/Guard::Exists => None/'
mutant add Add "an add is thought to be idempotent" \
  theory/src/op/parts.rs 's/self\.actions\.as_ref\(\)\.is_none_or\(are_idempotent\)/true/'
mutant version-idempotent VersionedAdd "an add with an expected version is thought not to be idempotent" \
  theory/src/op/parts.rs 's/self\.expected\.is_some\(\) \|\| //'
mutant version-condition VersionedAdd,VersionedTransfer "an expected version is no condition" \
  theory/src/op/parts.rs 's/self\.conditions\.push\(expected\.condition\(self\.entity\)\);//'
mutant version-conflict VersionedDelete "a version conflict is only a failed condition" \
  theory/src/lifecycle/version.rs 's/return error\.with_kind\(ErrorKind::VersionConflict\);/return error;/'
mutant conflict-in-doubt VersionedAdd,VersionedSave "what may have met its own work is called a conflict" \
  $client/call.rs 's/Some\(judge\) if !error\.is_ambiguous\(\)/Some(judge)/'
mutant version-conflict-part VersionedTransfer "a version conflict of a part is only a failed condition" \
  theory/src/lifecycle/version.rs 's/reason\.set_verdict\(ErrorKind::VersionConflict\);//'
mutant version-next VersionedPut "a put leaves the version that it expected" \
  theory/src/op/put.rs 's/self\.parts\.set_version\(next\);/let _ = next;/'
mutant version-moves CountedAddOnce "an update without an expectation does not move the version" \
  theory/src/lifecycle/update.rs 's/Node::Plus\(Box::new\(stored_or\(attribute, first\)\), Box::new\(one\)\)/{ let _ = one; stored_or(attribute, first) }/'
mutant updated-at CountedAddOnce "the moment of a write is not written" \
  theory/src/lifecycle/update.rs 's/if let Some\(attribute\) = updated_at \{/if let Some(attribute) = updated_at.filter(|_| false) {/'
mutant once AddOnce,WithdrawOnce "a write that is to be done exactly once is sent as it is" \
  theory/src/op/exactly_once.rs 's/self\.parts\.once = Some\(Once::default\(\)\);//'
mutant once-kind CreateOnce "the error of a write sent exactly once names the transaction" \
  theory/src/op/exactly_once.rs 's/\.map_err\(Error::into_single\)//'
mutant once-token AddOnce,WithdrawOnce "a write that is to be done exactly once has no token" \
  theory/src/op/transaction/request.rs 's/ {8}out\.literal_name\("\\"ClientRequestToken\\":"\);.*?out\.end_member\(\);\n//s'
mutant throttled-part Transfer,AddOnce "the table of a throttled part is lost" \
  $client/call.rs 's/Some\(reasons\) if error\.is_throttled\(\)/Some(reasons) if false \&\& error.is_throttled()/'
mutant unprocessed-items BatchWrite "unprocessed items are thought to be done" \
  $batch/write_request.rs 's/answer\.unprocessed\.contains\(&write\.item\)/false/'
mutant unprocessed-keys BatchGet,BatchGetStream "unprocessed keys are thought not to exist" \
  $batch/get_request.rs 's/unprocessed\.next\(\)\.unwrap_or_default\(\)/unprocessed.next().unwrap_or_default() \&\& false/'
mutant batch-doubt BatchWrite "writes of a batch in doubt are called failures" \
  $batch/write_request.rs 's/write\.is_in_doubt \|= error\.is_ambiguous\(\);//'
mutant last-page Stream,Count "a query ends with its first page" \
  theory/src/op/page/plan.rs 's/next\.map_or\(Next::End, \|cursor\| Next::After\(cursor\.clone\(\)\)\)/next.map_or(Next::End, |_| Next::End)/'

mutant ambiguous-read Get "a read in doubt is called ambiguous" \
  $client/call.rs 's/with_ambiguous\(operation\.is_write\(\) && unknown\)/with_ambiguous(unknown)/'
mutant settled-conflict test:a_conflict_does_not_settle "a conflict settles what was in doubt" \
  $client/call.rs 's/ && !error\.canceled_in_passing\(\)//'
mutant attempt-timeout Get,Set "an attempt has all the time of the operation" \
  $client/profile.rs 's/\.operation_attempt_timeout\(ATTEMPT_TIMEOUT\)/.operation_attempt_timeout(OPERATION_TIMEOUT * 2)/'
mutant deadline-pause test:by_its_deadline:Get,Put,Add,Transfer "a pause is begun that the deadline leaves no time for" \
  $client/retry/repeat.rs 's/\|deadline\| !deadline\.allows\(pause\)/|deadline| !deadline.allows(pause) \&\& false/'
mutant deadline test:by_its_deadline:Get,Put,Add,Transfer "an attempt under way goes on beyond the deadline" \
  $client/profile.rs 's/left\.filter\(is_sooner\)/left.filter(is_sooner).filter(|_| false)/'
mutant deadline-begun test:by_its_deadline:Get,Put,Add,Transfer "something is begun behind the deadline" \
  $client/call.rs 's/if client\.deadline\.is_some_and\(\|deadline\| deadline\.has_come\(\)\)/if false/' \
  $client/exchange.rs 's/if self\.0\.terms\.deadline\.is_some_and\(\|deadline\| deadline\.has_come\(\)\)/if false/'
mutant budget test:a_budget_is "the budget is never used up" \
  $client/retry/repeat.rs 's/if state\.paid\.is_none\(\)/if state.paid.is_none() \&\& false/'
mutant budget-back test:dropped_in_its_pause "a repetition that nobody waits for is paid for" \
  $client/retry/paid.rs 's/self\.retries\.budget\.give_back\(cost\);/let _ = cost;/'
mutant version-first VersionedAdd "an item without a version is not of the first" \
  theory/src/lifecycle/version.rs 's/\(Node::Value\(version\), Node::Value\(first\)\) => version == first/(Node::Value(version), Node::Value(first)) => version == first \&\& false/'
mutant save-version VersionedSave "a save does not ask for the version that was read" \
  theory/src/op/loaded/save.rs 's/Some\(expected\) => parts\.expect\(Some\(expected\.clone\(\)\)\)/Some(_) => {}/'
mutant save-exists Save "a save makes an item where there is none" \
  theory/src/op/loaded/save.rs 's/None => parts\.conditions\.extend\(Guard::Exists\.test\(E::SCHEMA\)\)/None => {}/'
mutant save-noted Save,VersionedSave "what was saved is not noted" \
  theory/src/op/loaded/save.rs 's/loaded\.saved\(stamps\);/let _ = (\&loaded, stamps);/'
mutant live Live "what has expired is returned" \
  theory/src/op/page/request.rs 's/let live = parts\.live\.map\(/let live = parts.live.filter(|_| false).map(/'
mutant checkpoint-lost ParallelScan "a checkpoint forgets the segments under way" \
  theory/src/op/scan/stream.rs 's/self\.checkpoint\.begun\.insert\(segment, None\);//'
mutant checkpoint-twice ParallelScan "a checkpoint does not move with what was handed out" \
  theory/src/op/scan/stream.rs 's/self\.checkpoint\.begun\.insert\(segment, Some\(next\)\);/let _ = next;/'
mutant batch-places BatchGet,BatchGetStream "a key that stands there twice is answered once" \
  $batch/get_plan.rs 's/Some\(equal\) => equal\.others\.push\(place\)/Some(_) => drop(place)/'
mutant batch-hot test:the_error_of_a_batch "why a batch was throttled is lost" \
  $batch/left.rs 's/all\.push\(reason\.clone\(\)\);/let _ = reason;/'
mutant tables test:change_of_a_table "what was done to a table is denied by what fails behind it" \
  $client/table_admin/mod.rs 's/error\.is_ambiguous\(\) \|\| self == Done::Something/error.is_ambiguous()/'
mutant batch-left BatchWrite,BatchWriteStream "what is left of a batch is dropped" \
  $batch/write_drive.rs 's/self\.left\.extend\(left\);/drop(left);/'
mutant batch-unprocessed-doubt test:what_a_batch_gives_back "what an answer gives back is certain, whatever was before" \
  $batch/write_request.rs 's/write\.is_in_doubt \|= answer\.is_in_doubt;//'
mutant guard-taken test:unique_values "a value gets no guard" \
  $unique/mod.rs 's/guards\.take\(unique, taken, &claimant, client\)\?;/let _ = taken;/'
mutant guard-freed test:unique_values "the guard of a value that is gone stays" \
  $unique/mod.rs 's/guards\.free\(unique, freed, &claimant, client\);/let _ = freed;/'
mutant guard-condition test:unique_values "a guard is written over another's" \
  $unique/guards.rs 's/parts\.conditions\.push\(Test::only\(self\.conditions\(entity, now\), Test::Any\)\);/let _ = self.conditions(entity, now);/'
mutant guards-beside test:unique_values "a write is sent without its guards" \
  $unique/send.rs 's/if guards\.is_empty\(\)/if true/'
mutant unique-watch test:unique_values "a write does not ask whether the item still has the value that it frees" \
  $unique/mod.rs 's/parts\.conditions\.extend\(watch\.conditions\(entity\)\);//'
mutant unique-touched test:unique_values "an update of a unique value does not know that it is one" \
  $unique/mod.rs 's/unique\.attributes\.iter\(\)\.any\(\|name\| names\(name\)\)/unique.attributes.iter().any(|name| names(name) \&\& false)/'
mutant guard-reason test:reason_of_a_guard "a guard that is another's is a failed condition" \
  $unique/guards.rs 's/part\.violate\(guard\.unique\.name\)/part.code = reason.code/'

for name in ${wanted[@]+"${wanted[@]}"}; do
  printf '%s\n' "${found[@]}" | grep -qx "$name" || fail "no mutant is called $name"
done
[ ${#stale[@]} -eq 0 ] || fail "${#stale[@]} of ${#found[@]} are stale: ${stale[*]}"
[ ${#survivors[@]} -eq 0 ] || fail "${#survivors[@]} of ${#found[@]} survived: ${survivors[*]}"
$only_check || echo "all ${#found[@]} were noticed, in $SECONDS s"

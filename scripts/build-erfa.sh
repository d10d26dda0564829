#!/bin/sh
# Builds data/erfa.wasm from the ERFA C sources that the pyerfa 2.0.1.5 source package carries.
# usage: sh scripts/build-erfa.sh [WORK_DIR]   (needs Python 3.11 and the network; the result is committed)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-$(mktemp -d)}
export ZIG_GLOBAL_CACHE_DIR="$work/zig-cache" ZIG_LOCAL_CACHE_DIR="$work/zig-cache"
cd "$work"
[ -x venv/bin/python ] || python3.11 -m venv venv
python="$work/venv/bin/python"
"$python" -m ziglang version >/dev/null 2>&1 || "$python" -m pip install -q ziglang==0.17.1
if [ ! -d pyerfa-2.0.1.5 ]; then
  "$python" -m pip download -q --no-deps --no-binary pyerfa pyerfa==2.0.1.5 -d sdist
  tar xzf sdist/pyerfa-2.0.1.5.tar.gz
fi
src=pyerfa-2.0.1.5/liberfa/erfa/src
# zig's linker keeps nothing by itself, so every public function is named; the two test programs have a main and stay out.
files=$(ls "$src"/*.c | grep -v '/t_erfa_c')
names=$(cat "$src"/erfa.h "$src"/erfaextra.h | grep -oE '\bera[A-Z][A-Za-z0-9]* *\(' | tr -d ' (' | sort -u)
exports=$(for name in $names malloc free; do printf ' -Wl,--export=%s' "$name"; done)
# shellcheck disable=SC2086
"$python" -m ziglang cc --target=wasm32-wasi -mexec-model=reactor -O2 -I"$src" \
  -DPACKAGE_VERSION='"2.0.1"' -DPACKAGE_VERSION_MAJOR=2 -DPACKAGE_VERSION_MINOR=0 -DPACKAGE_VERSION_MICRO=1 \
  -DSOFA_VERSION='"20231011"' -Wl,--strip-all $exports -o "$work/erfa.wasm" $files -lm
cp "$work/erfa.wasm" "$root/data/erfa.wasm"
cp pyerfa-2.0.1.5/liberfa/erfa/LICENSE "$root/data/erfa.LICENSE"
(cd "$root/data" && sha256sum erfa.wasm >erfa.wasm.sha256 && cat erfa.wasm.sha256)

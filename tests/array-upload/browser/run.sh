#!/bin/sh
# The pages in Debian's Chromium, driven by playwright-core, looked at by axe-core. Both come from npm into the build folder.
# Skipped (77) where node, npm, Chromium or the network is not there.
set -eu
here=$top_srcdir/tests/array-upload/browser
BROWSER_MODULES=$top_builddir/tests/array-upload/browser/modules
CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
export BROWSER_MODULES CHROMIUM

skip() { echo "skipped: $1"; exit 77; }
command -v node >/dev/null 2>&1 || skip "no node"
test -x "$CHROMIUM" || skip "no $CHROMIUM"
if ! cmp -s "$here/package.json" "$BROWSER_MODULES/installed.json"; then
  command -v npm >/dev/null 2>&1 || skip "no npm"
  mkdir -p "$BROWSER_MODULES"
  cp "$here/package.json" "$BROWSER_MODULES/package.json"
  (cd "$BROWSER_MODULES" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts >install.log 2>&1) ||
    skip "npm could not install playwright-core and axe-core"
  cp "$BROWSER_MODULES/package.json" "$BROWSER_MODULES/installed.json"
fi
exec node --test --test-concurrency=1 "$here"/*.test.mjs

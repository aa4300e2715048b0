#!/bin/sh
# The suites of the store and of the key store on a real PostgreSQL: a cluster of its own in a new folder, on a unix socket and a loopback port that is free,
# as an unprivileged user (initdb refuses root: then `nobody` runs it). Skipped where there is no PostgreSQL or no backend.
# usage: postgres.sh [COMMAND...]   the command gets ARRAY_UPLOAD_TEST_DATABASE; default: the suites
set -u
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] && [ -x "$bin/initdb" ] || { echo "no PostgreSQL server here"; exit 77; }
[ $# -gt 0 ] || set -- sh -c "${top_builddir:?}/tests/array-upload/test_store && $top_builddir/tests/array-upload/test_store_sessions &&
  $top_builddir/tests/array-upload/test_seal"
grep -q '^#define HAVE_POSTGRESQL 1' "${top_builddir:?}/config.h" || { echo "built without PostgreSQL"; exit 77; }
folder=$(mktemp -d "${TMPDIR:-/tmp}/array-upload-pg-XXXXXX") || exit 99
as=
if [ "$(id -u)" = 0 ]; then
  command -v setpriv >/dev/null || { echo "no setpriv"; exit 77; }
  chown nobody "$folder"; as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
stop() { $as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1; rm -rf "$folder"; }
trap stop EXIT
trap 'exit 99' INT TERM
cd "$folder" || exit 99
$as "$bin/initdb" -D "$folder/data" -U test -A trust --no-sync >"$folder/log" 2>&1 || { cat "$folder/log"; exit 99; }
started=
for try in 1 2 3 4 5; do # the port that was free may be somebody's by now
  port=$("${PYTHON3:-python3}" -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
  $as "$bin/pg_ctl" -D "$folder/data" -w -t 300 -o "-p $port -k $folder -c listen_addresses=127.0.0.1" -l "$folder/data/log" start >/dev/null &&
    { started=1; break; }
done
[ -n "$started" ] || { cat "$folder/data/log"; exit 99; }
ARRAY_UPLOAD_TEST_DATABASE_RESTART="$as $bin/pg_ctl -D $folder/data -w -t 300 -m immediate -l $folder/data/log restart"
export ARRAY_UPLOAD_TEST_DATABASE_RESTART
$as "$bin/createdb" -h 127.0.0.1 -p "$port" -U test test || exit 99
ARRAY_UPLOAD_TEST_DATABASE="postgresql://test@127.0.0.1:$port/test" CK_FORK=${CK_FORK:-yes} "$@"

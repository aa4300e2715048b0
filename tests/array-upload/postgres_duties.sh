#!/bin/sh
# The suites of checkd, worker and hookd on a real PostgreSQL, and the service across a restart of its database.
here=$(dirname "$0")
for command in "$top_builddir/tests/array-upload/test_checkd" "$top_builddir/tests/array-upload/test_worker" "$top_builddir/tests/array-upload/test_stages" \
  "$top_builddir/tests/array-upload/test_hookd" "$here/test_service_database.py" "$here/test_service_upgrade.py"; do
  sh "$here/postgres.sh" "$(cd "$(dirname "$command")" && pwd)/$(basename "$command")"
  result=$?
  [ $result = 0 ] || exit $result
done

# shellcheck shell=sh
# watched.sh - for scripts that start what takes minutes: source it.
#
# watched LOG SAY COMMAND...: runs COMMAND with everything it prints in LOG and calls SAY (a function) every five seconds
# until it ends; gives its exit status. An interrupt ends it, too, and then this shell.
watched() {
  watched_log=$1 watched_say=$2
  shift 2
  "$@" >"$watched_log" 2>&1 &
  watched_pid=$!
  trap 'kill $watched_pid 2>/dev/null; wait $watched_pid; exit 130' INT TERM
  watched_seconds=0
  while sleep 1 && kill -0 $watched_pid 2>/dev/null; do
    watched_seconds=$((watched_seconds + 1))
    [ $((watched_seconds % 5)) -ne 0 ] || $watched_say
  done
  watched_status=0
  wait $watched_pid || watched_status=$?
  trap - INT TERM
  return $watched_status
}

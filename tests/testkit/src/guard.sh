# Runs one server and ends it as soon as our standard input closes: the starter holds the other
# end, so this happens when it lets go on purpose and also when it is killed.
#
# Arguments: the signal that ends the server in order, the file for what it prints, then the
# server's command line.
# Prints the server's process id. Exits when the server has ended, for whatever reason.

signal=$1 log=$2
shift 2
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!

(
    while read -r _; do :; done <&3
    # A process that a test has stopped would keep its signals waiting for ever.
    for process in $(cat "/proc/$server/task/$server/children") "$server"; do
        kill -s CONT "$process"
    done
    kill -s "$signal" "$server"
    tenths=0
    while [ "$tenths" -lt 50 ] && kill -s 0 "$server"; do
        sleep 0.1
        tenths=$((tenths + 1))
    done
    kill -s KILL "$server"
) >/dev/null 2>&1 &
watcher=$!

# Said last: from here on the starter may rely on the watcher.
echo "$server"
exec >&-

wait "$server"
kill -s KILL "$watcher" 2>/dev/null

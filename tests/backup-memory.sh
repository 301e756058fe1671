#!/usr/bin/env bash
# Prints the most memory that a process of a backup, its verification and its restore takes, plain and encrypted.
# backup-memory.sh [MB of PostgreSQL] [MB of SQLite]; 500 and 1024 without. Build tests/Deployment.Toolkit.KillApp first.
set -eu
pg=${1:-500}
lite=${2:-1024}
here=$(cd "$(dirname "$0")" && pwd)
app=$here/Deployment.Toolkit.KillApp/bin/Debug/net10.0/Deployment.Toolkit.KillApp.dll
root=$(mktemp -d)
chmod 755 "$root"
server=
trap '[ -z "$server" ] || as pg_ctl -D "$root/pg" -m immediate stop > /dev/null; rm -rf "$root"' EXIT
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
as() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c "$(printf '%q ' "$bin/$1" "${@:2}")"; else "$bin/$1" "${@:2}"; fi; }

# The app's own peak, and the largest of the programs that it runs.
measure() {
    python3 - "$@" <<'P'
import resource, subprocess, sys, threading, time
started = time.time()
process = subprocess.Popen(["dotnet", *sys.argv[2:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
own = 0
def watch():
    global own
    while process.poll() is None:
        try:
            own = max(own, next(int(line.split()[1]) for line in open(f"/proc/{process.pid}/status") if line.startswith("VmHWM")))
        except (OSError, StopIteration):
            pass
        time.sleep(0.05)
watcher = threading.Thread(target=watch)
watcher.start()
output = process.communicate()[0]
watcher.join()
programs = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(f"{sys.argv[1]}: {own // 1024} MB, with its programs at most {programs // 1024} MB each, {time.time() - started:.0f} s, exit code {process.returncode}")
if process.returncode: print(output)
P
}

round() {
    printf 'CREATE TABLE more (id int);' > "$1/migrations/0002_more.sql"
    measure "$2: backup, verified" "$app" "$1" up 2.0.0
    measure "$2: restore" "$app" "$1" restore 2.0.0 --accept
    du -sh "$1/.deployment/production/backups" | cut -f1 | sed "s/^/$2: backups of /"
}

prepare() { mkdir -p "$1/migrations"; echo "$2" > "$1/migrations/0001_items.sql"; }

as initdb -D "$root/pg" -U postgres -A trust --no-sync > /dev/null 2>&1 || { mkdir "$root/pg"; chown postgres "$root/pg"; as initdb -D "$root/pg" -U postgres -A trust --no-sync > /dev/null; }
as pg_ctl -D "$root/pg" -o "-p 54399 -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off" -l "$root/pg/log" -w start > /dev/null
server=1
for how in plain encrypted; do
    folder=$root/pg-$how
    prepare "$folder" 'CREATE TABLE items (id bigint PRIMARY KEY, body text);'
    [ $how = plain ] || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$folder/backup-key.txt"
    "$bin/psql" -q -h 127.0.0.1 -p 54399 -U postgres -c "CREATE DATABASE $how" > /dev/null
    printf 'Host=127.0.0.1;Port=54399;Username=postgres;Password=x;Database=%s' $how > "$folder/database.txt"
    dotnet "$app" "$folder" up 1.0.0 > /dev/null
    "$bin/psql" -q -h 127.0.0.1 -p 54399 -U postgres -d $how -c "INSERT INTO items SELECT n, (SELECT string_agg(md5(n::text || i), '') FROM generate_series(1, 32) AS i) FROM generate_series(1, $pg * 1000) AS n"
    round "$folder" "PostgreSQL, $how, $("$bin/psql" -At -h 127.0.0.1 -p 54399 -U postgres -d $how -c 'SELECT pg_size_pretty(pg_database_size(current_database()))')"

    folder=$root/lite-$how
    # The app's own migration of SQLite fills titles.
    prepare "$folder" 'CREATE TABLE items (id INTEGER PRIMARY KEY, title TEXT, body BLOB);'
    [ $how = plain ] || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$folder/backup-key.txt"
    dotnet "$app" "$folder" up 1.0.0 > /dev/null
    python3 -c "
import os, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as live:
    live.executemany('INSERT INTO items (body) VALUES (?)', ((os.urandom(1 << 16),) for _ in range(int(sys.argv[2]) * 16)))
" "$folder/app.db" "$lite"
    round "$folder" "SQLite, $how, $(du -h "$folder/app.db" | cut -f1)"
done

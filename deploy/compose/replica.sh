#!/bin/sh
# Makes a standby of $PRIMARY where the data folder is empty, then becomes the server that the arguments name.
set -eu
SECRETS="${SECRETS:-/run/secrets}"
umask 077
export PGDATA="${PGDATA:-/var/lib/postgresql/data}" PGPASSFILE="${TMPDIR:-/tmp}/standby-password"
printf '*:*:*:standby:%s\n' "$(cat "$SECRETS/database-replication-password")" > "$PGPASSFILE"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  find "$PGDATA" -mindepth 1 -delete
  until pg_basebackup --host "$PRIMARY" --username standby --no-password --pgdata "$PGDATA" \
      --wal-method stream --slot standby --write-recovery-conf --checkpoint fast; do
    find "$PGDATA" -mindepth 1 -delete
    sleep 2
  done
fi
exec "$@"

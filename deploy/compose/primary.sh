#!/bin/sh
# Runs once, on an empty data folder: the archive's role and database, the standby's role, and who may connect.
set -eu
SECRETS="${SECRETS:-/run/secrets}"
password() { cat "$SECRETS/$1"; }
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres \
  --set archive="$(password database-password)" --set standby="$(password database-replication-password)" <<'SQL'
CREATE ROLE muniment LOGIN PASSWORD :'archive';
CREATE ROLE standby LOGIN REPLICATION PASSWORD :'standby';
CREATE DATABASE muniment OWNER muniment ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE muniment FROM PUBLIC;
SELECT pg_create_physical_replication_slot('standby');
SQL
cat > "$PGDATA/pg_hba.conf" <<'HBA'
local all         postgres          trust
host  all         postgres 127.0.0.1/32 scram-sha-256
host  muniment    muniment samenet  scram-sha-256
host  replication standby  samenet  scram-sha-256
HBA

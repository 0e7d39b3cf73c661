#!/bin/sh
# Makes the two buckets and the archive's account where they are missing; docs/operations.md, S3. Safe to repeat.
set -eu
SECRETS="${SECRETS:-/run/secrets}"
mc alias set store "$ENDPOINT" root "$(cat "$SECRETS/s3-root-password")" >/dev/null
mc stat "store/$VAULT" >/dev/null 2>&1 || mc mb --with-lock "store/$VAULT"
mc stat "store/$KEYS" >/dev/null 2>&1 || mc mb "store/$KEYS"
sed -e "s/MUNIMENT_S3_VAULT/$VAULT/g" -e "s/MUNIMENT_S3_KEYS/$KEYS/g" "${POLICY:-/etc/muniment/s3-policy.json}" > "$MC_CONFIG_DIR/policy.json"
mc admin policy create store muniment "$MC_CONFIG_DIR/policy.json"
mc admin user add store "$ACCESS_KEY" "$(cat "$SECRETS/s3-secret-key")"
mc admin policy entities --user "$ACCESS_KEY" store | grep -q muniment || mc admin policy attach store muniment --user "$ACCESS_KEY"

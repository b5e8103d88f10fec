#!/bin/sh
# A container's entry point: waits until the databases are ready, then becomes the application, so that it gets
# the signals and its exit code is the container's.
#
#     ENTRYPOINT ["/entrypoint.sh"]
#     CMD ["/app/server"]
#
# CHECKRUN_CONFIG     the configuration, such as prerequisite.toml [default: see docs/configuration.md]
# DATABASE_WAIT       how long to wait                             [default: 60s]
# PREFLIGHT_OPTIONS   such as "--strict --migrations require"      [default: none]
# ON_NOT_READY        "stop", or "start" the application anyway    [default: stop]
set -u

# Several words on purpose, without quotes.
# shellcheck disable=SC2086
checkrun preflight --wait "${DATABASE_WAIT:-60s}" ${PREFLIGHT_OPTIONS:-}
code=$?

# 1 is "not ready". Everything else, such as 78, is a mistake in the configuration: starting would hide it.
if [ "$code" -ne 0 ] && ! { [ "$code" -eq 1 ] && [ "${ON_NOT_READY:-stop}" = start ]; }; then
    exit "$code"
fi
exec "$@"

# Installs the Debian packages that are its arguments, without starting a service.
#
# Two files tell the packages' own scripts so. They exist only meanwhile, also when this is
# interrupted; files that were there before are left alone.

made=
trap 'for file in $made; do rm -f "$file"; done' EXIT
trap 'exit 130' HUP INT TERM

setting() {
    [ -e "$1" ] && return
    made="$made $1"
    mkdir -p "$(dirname "$1")" && printf "$2" >"$1" && chmod 755 "$1"
}

# Services are not started now.
setting /usr/sbin/policy-rc.d '#!/bin/sh\nexit 101\n'
# PostgreSQL's package makes no cluster of its own.
setting /etc/postgresql-common/createcluster.d/checkrun.conf 'create_main_cluster = false\n'

export DEBIAN_FRONTEND=noninteractive
# The lists of packages may be missing or old. When new ones cannot be had, these may still do.
apt-get --quiet=2 update
# Nothing that is there is removed for it, such as another mail server: then this fails and says so.
apt-get --yes --quiet=2 install --no-remove --no-install-recommends "$@"

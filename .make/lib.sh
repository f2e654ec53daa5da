# Read by the scripts beside it: how they speak, and how they look for a prerequisite.

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# The first Python that is new enough, or nothing.
find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
}

# What of Node.js is missing, or nothing.
node_is_old() { ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; }

# How a Debian package is installed by whoever reads the message.
apt_line() { say "$([ "$(id -u)" = 0 ] || echo 'sudo ')apt-get install $*"; }

# Where the newest PostgreSQL of this machine keeps its programs, or nothing.
postgres_home() {
    local initdb
    initdb=$(ls -v /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1) || true
    [ -n "$initdb" ] || initdb=$(command -v initdb) || return 0
    dirname "$initdb"
}

# A TCP port nobody listens on.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

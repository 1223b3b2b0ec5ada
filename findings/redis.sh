# Redis 7.0.15 as a program to start, for the findings about it. Sourced, not run.
. "$(dirname "$0")/unpack.sh"
unpack redis-tools=5:7.0.15-1~deb12u10 liblzf1=3.6-3 libjemalloc2=5.3.0-1 libatomic1=12.2.0-14+deb12u1
LD_LIBRARY_PATH=$libraries
export LD_LIBRARY_PATH
server=$root/redis-server  # what the program is goes by its name
cp "$root/usr/bin/redis-check-rdb" "$server"
ask() { port=$1; shift; "$root/usr/bin/redis-cli" -p "$port" "$@" 2>&1; }

# start_nodes A B: two nodes for a cluster; their buses are at A + 10000 and B + 10000. Ports are
# best below those of outgoing connections.
start_nodes() {
  for port in "$@"; do
    mkdir "$root/$port"
    (cd "$root/$port" && exec "$server" --port "$port" --bind 127.0.0.1 --cluster-enabled yes \
      --cluster-port $((port + 10000)) --save '' --appendonly no >/dev/null 2>&1) &
    pids="${pids:-} $!"
  done
  trap 'kill $pids 2>/dev/null; wait; rm -rf "$root"' EXIT
  until [ "$(ask "$1" PING)$(ask "$2" PING)" = PONGPONG ]; do sleep 0.1; done
}

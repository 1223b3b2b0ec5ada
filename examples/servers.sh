# Throwaway servers on this machine: PostgreSQL on a unix socket, Redis on a free port. Sourced, not
# run; the caller calls stop_servers when it ends, however it ends.
#
#   start_servers FOLDER     what of the two is installed; sets postgres_uri and redis_uri to where
#                            they are, or leaves one empty and says why in servers_missing
#   stop_servers             and removes the folder
# Sets postgres_pid and redis_pid besides.

servers_folder= postgres_uri= redis_uri= postgres_pid= redis_pid= servers_missing=

# As the server's own user where we are root, since PostgreSQL refuses root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
  else "$@"; fi
}

# patient COMMAND...: until it succeeds, for ten seconds.
patient() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ]; then return 1; fi
    sleep 0.05
  done
}

start_postgres() {
  programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  if [ ! -x "$programs/initdb" ]; then
    servers_missing="no PostgreSQL server is installed (postgresql-15)"; return 1
  fi
  mkdir "$servers_folder/pg" && chmod 711 "$servers_folder" || return 1
  if [ "$(id -u)" = 0 ]; then chown postgres "$servers_folder/pg"; fi
  (cd / && as_postgres "$programs/initdb" -D "$servers_folder/pg/data" -U postgres --auth=trust \
    --no-sync --encoding=UTF8 --locale=C) >"$servers_folder/initdb.log" 2>&1 || {
    servers_missing="initdb failed: $(tail -n 1 "$servers_folder/initdb.log")"; return 1; }
  # In the place of the shell, so that its pid is the server's.
  (cd / && if [ "$(id -u)" = 0 ]; then
      exec setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig QUIT -- \
        "$programs/postgres" -D "$servers_folder/pg/data" -k "$servers_folder/pg" \
        -c listen_addresses= -c max_connections=100
    fi
    exec setpriv --pdeathsig QUIT -- "$programs/postgres" -D "$servers_folder/pg/data" \
      -k "$servers_folder/pg" -c listen_addresses= -c max_connections=100
  ) >"$servers_folder/postgres.log" 2>&1 &
  postgres_pid=$!
  patient "$programs/pg_isready" -q -h "$servers_folder/pg" || {
    servers_missing="PostgreSQL did not start: $(tail -n 1 "$servers_folder/postgres.log")"
    return 1; }
  postgres_uri="postgresql:///postgres?user=postgres&host=$servers_folder/pg"
}

# start_redis NAME PORT OPTIONS...: sets redis_pid.
start_redis() {
  name=$1 port=$2; shift 2
  mkdir -p "$servers_folder/$name"
  (cd "$servers_folder/$name" && exec setpriv --pdeathsig KILL -- redis-server --port "$port" \
    --bind 127.0.0.1 --save "" --appendonly no --dir . --logfile log "$@") >/dev/null 2>&1 &
  redis_pid=$!
  patient redis-cli -p "$port" ping
}

# A port that nobody listens on now, from a range that the system does not give out by itself.
free_port() {
  port=$((20000 + $$ % 10000))
  while redis-cli -p $port ping 2>&1 | grep -vq refused; do port=$((port + 1)); done
  echo $port
}

start_servers() {
  servers_folder=$1
  mkdir -p "$servers_folder"
  start_postgres || return 0
  if ! command -v redis-server >/dev/null; then
    servers_missing="no Redis server is installed (redis-server)"; return 0
  fi
  redis_port=$(free_port)
  if start_redis redis "$redis_port"; then redis_uri="redis://127.0.0.1:$redis_port"
  else servers_missing="redis-server did not start"; fi
}

stop_servers() {
  for pid in $redis_pid $postgres_pid; do kill -INT "$pid" 2>/dev/null; done
  wait $redis_pid $postgres_pid 2>/dev/null
  if [ -n "$servers_folder" ]; then rm -rf "$servers_folder"; fi
}

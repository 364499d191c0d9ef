/**
 * Writes the configuration of the peer nginx: one worker, a cache before the same origin, and every
 * switch set that an operator who cares for throughput would set.
 *
 * `open_file_cache` spares a hit its `open()`: about a tenth of the CPU of a small object.
 * `proxy_cache_lock` lets one request fetch and the others wait for it. Everything that nginx writes
 * stands below the prefix that it is started with.
 */
export type NginxWishes = {
  readonly port: number;
  readonly originUrl: string;
  /** Root's nginx would hand its worker to a user who cannot enter our folder. */
  readonly isRoot: boolean;
};

export function nginxConfiguration({ port, originUrl, isRoot }: NginxWishes): string {
  return `${isRoot ? "user root;\n" : ""}worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr warn;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 3600s;
  keepalive_requests 1000000000;
  open_file_cache max=4096 inactive=1h;
  open_file_cache_valid 1h;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  proxy_cache_path cache levels=1:2 keys_zone=bench:16m max_size=1g inactive=1h use_temp_path=off;
  upstream origin {
    server ${new URL(originUrl).host};
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_cache bench;
      proxy_cache_revalidate on;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 60s;
      proxy_cache_lock_age 60s;
      add_header X-Cache $upstream_cache_status;
    }
  }
}
`;
}

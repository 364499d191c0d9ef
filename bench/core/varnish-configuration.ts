/**
 * Writes the configuration of the peer Varnish: one pool of threads, objects in memory, a cache
 * before the same origin, and Varnish's own rules for all else.
 *
 * Varnish gives each connection that is being answered a thread, so "one worker" means one pool, on
 * the one processor that every peer has; the pool may hold as many threads as there are clients.
 */
export type VarnishWishes = {
  readonly port: number;
  readonly originUrl: string;
  /** Below which everything that Varnish writes stands. */
  readonly folder: string;
  readonly storeMebibytes: number;
};

export function varnishFlags({ port, folder, storeMebibytes }: VarnishWishes): string[] {
  const parameters = {
    thread_pools: 1,
    thread_pool_min: 100,
    thread_pool_max: 5_000,
    // Nobody is to be turned away, nor to wait for a thread that is only just being made.
    thread_queue_limit: 5_000,
    thread_pool_add_delay: 0,
    listen_depth: 1_024,
    // What its origin does not permit it does not do: nothing stale, and no lifetime of its own.
    default_ttl: 0,
    default_grace: 0,
    default_keep: 3_600,
    timeout_idle: 3_600,
    idle_send_timeout: 600,
    send_timeout: 3_600,
  };
  return [
    "-F",
    // It would change its user, who cannot enter our folder.
    ...["-j", "none"],
    ...["-n", `${folder}/run`],
    ...["-f", `${folder}/cache.vcl`],
    ...["-a", `127.0.0.1:${port}`],
    ...["-T", "none"],
    ...["-s", `malloc,${storeMebibytes}m`],
    ...Object.entries(parameters).flatMap(([name, value]) => ["-p", `${name}=${value}`]),
  ];
}

export function varnishProgram({ originUrl }: Pick<VarnishWishes, "originUrl">): string {
  const [hostname, port = "80"] = new URL(originUrl).host.split(":");
  return `vcl 4.1;
backend origin {
  .host = "${hostname}";
  .port = "${port}";
}
sub vcl_deliver {
  if (obj.hits > 0) {
    set resp.http.X-Cache = "HIT";
  } else {
    set resp.http.X-Cache = "MISS";
  }
}
`;
}

/**
 * Writes the configuration of the peer Apache Traffic Server: one thread for connections, objects in
 * its RAM cache over a store on disk, a cache before the same origin.
 *
 * Requests for an object that is on its way share its one fetch: the switches for that are those
 * that its manual names for collapsed forwarding (read while writing, and retried lookups).
 */
export type AtsWishes = {
  readonly port: number;
  readonly originUrl: string;
  /** Below which everything that it writes stands. */
  readonly folder: string;
  readonly ramMebibytes: number;
  readonly diskMebibytes: number;
};

const MEBIBYTE = 1024 * 1024;

/** By the path below the folder. */
export function atsConfiguration(wishes: AtsWishes): Readonly<Record<string, string>> {
  const { originUrl, diskMebibytes } = wishes;
  return {
    "runroot.yaml": layoutOf(wishes),
    "etc/records.config": recordsOf(wishes),
    "etc/remap.config": `map / ${originUrl}/\n`,
    "etc/storage.config": `cache ${diskMebibytes}M\n`,
    "etc/plugin.config": "",
    "etc/ip_allow.yaml":
      "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n",
  };
}

function layoutOf({ folder }: AtsWishes): string {
  const below = {
    sysconfdir: "etc",
    localstatedir: "var",
    runtimedir: "run",
    logdir: "log",
    cachedir: "cache",
  };
  const ours = Object.entries(below).map(([name, path]) => `${name}: ${folder}/${path}`);
  return `${[`prefix: ${folder}`, ...ours].join("\n")}\n`;
}

function recordsOf({ port, ramMebibytes }: AtsWishes): string {
  const records: Readonly<Record<string, number | string>> = {
    "http.server_ports": `${port}:ip-in=127.0.0.1`,
    "exec_thread.autoconfig": 0,
    "exec_thread.limit": 1,
    accept_threads: 0,
    task_threads: 1,
    "cache.threads_per_disk": 2,
    "cache.ram_cache.size": ramMebibytes * MEBIBYTE,
    "cache.ram_cache_cutoff": 64 * MEBIBYTE,
    "cache.enable_read_while_writer": 1,
    "cache.read_while_writer.max_retries": 100,
    "cache.read_while_writer_retry.delay": 20,
    "http.cache.max_open_read_retries": 100,
    "http.cache.open_read_retry_time": 20,
    "http.cache.open_write_fail_action": 5,
    "http.background_fill_active_timeout": 0,
    "http.background_fill_completed_threshold": "0.0",
    "http.keep_alive_no_activity_timeout_in": 3_600,
    "http.insert_response_via_str": 2,
    "net.connections_throttle": 10_000,
    "net.listen_backlog": 1_024,
    "reverse_proxy.enabled": 1,
    "url_remap.remap_required": 1,
    "log.logging_enabled": 0,
    // Root's server would hand itself to a user who cannot enter our folder.
    "admin.user_id": "#-1",
  };
  const lines = Object.entries(records).map(
    ([name, value]) => `CONFIG proxy.config.${name} ${kindOf(value)} ${value}`,
  );
  return `${lines.join("\n")}\n`;
}

function kindOf(value: number | string): string {
  if (typeof value === "number") return "INT";
  return /^\d+\.\d+$/.test(value) ? "FLOAT" : "STRING";
}

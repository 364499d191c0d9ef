/** Starts one appliance: reads its command line, listens, ticks, and stops in order. */
import * as fileSystem from "node:fs/promises";
import { runService, StartError } from "../chassis/run-service.ts";
import { buildAppliance } from "./app.ts";
import { ApplianceConfig, policiesOf } from "./config.ts";
import { isOwnAddress } from "./core/upstream/own-address.ts";
import { CertificateRenewal } from "./listen/certificate-renewal.ts";
import { readTlsFiles, type TlsFiles, type TlsMaterial } from "./listen/tls-files.ts";
import { openUpstreams } from "./upstream/upstreams.ts";

const TICK_MS = 250;
const MEBIBYTE = 1024 * 1024;

await runService({
  command: "npm run appliance --",
  schema: ApplianceConfig,
  env: process.env,
  start: async (config) => {
    if (config.steering !== undefined && config.token === undefined) {
      throw new StartError("UNDERSTUDY_TOKEN is missing: --steering needs the fleet's secret.");
    }
    const origins = upstreamsIn("--origin", config.origin, config);
    const shields = upstreamsIn("--shield", config.shield ?? [], config);
    const policies = policiesOf(config.profile, config);
    const tlsFiles = tlsFilesIn(config);
    const tls = tlsFiles && (await tlsMaterialIn(tlsFiles));
    const now = () => performance.now();
    let url = config.advertise ?? "";
    const appliance = buildAppliance({
      id: config.id,
      region: config.region,
      policies,
      upstream: openUpstreams({
        origins,
        shields,
        policy: policies.upstream,
        now,
        random: Math.random,
      }),
      ramBytes: config.ramMebibytes * MEBIBYTE,
      prefetchSegments: config.prefetch,
      eviction: config.eviction,
      admission: config.admission,
      disk:
        config.cacheFolder === undefined
          ? undefined
          : {
              folder: config.cacheFolder,
              maxBytes: config.diskMebibytes * MEBIBYTE,
              fileSystem,
            },
      capacityBitsPerSecond: config.capacity === undefined ? undefined : config.capacity * 1e6,
      tls,
      steeringUrl: config.steering,
      token: config.token,
      url: () => url,
      now,
      wallNow: Date.now,
      random: Math.random,
      logLevel: "info",
    });
    const named = (address: string) =>
      tls === undefined ? address : address.replace(/^http:/, "https:");
    const listening = await appliance.app.listen({
      host: config.host,
      port: config.port,
      listenTextResolver: (address) => `listening at ${named(address)}`,
    });
    url = config.advertise ?? named(listening);
    const renewal =
      tlsFiles &&
      new CertificateRenewal({
        files: tlsFiles,
        checkEveryMs: policies.certificateCheckMs,
        renew: (renewed) => appliance.listening.renew(renewed),
        log: appliance.app.log,
      });
    const tick = () => {
      appliance.tick(now());
      renewal?.tick(now());
    };
    const loop = setInterval(tick, TICK_MS);
    tick();
    return {
      url,
      close: async () => {
        // What is still being answered needs the loop to the last.
        await appliance.close().finally(() => clearInterval(loop));
      },
    };
  },
});

function tlsFilesIn({ tlsCert, tlsKey }: ApplianceConfig): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined) throw new StartError("--tls-cert is missing: --tls-key needs it.");
  if (tlsKey === undefined) throw new StartError("--tls-key is missing: --tls-cert needs it.");
  return { certFile: tlsCert, keyFile: tlsKey };
}

async function tlsMaterialIn(files: TlsFiles): Promise<TlsMaterial> {
  const reading = await readTlsFiles(files);
  if (!reading.ok) throw new StartError(reading.reason);
  return reading.material;
}

function upstreamsIn(flag: string, urls: readonly string[], config: ApplianceConfig): URL[] {
  return urls.map((url) => {
    if (!URL.canParse(url)) throw new StartError(`${flag} is not a URL.`);
    const upstream = new URL(url);
    // They would not be sent, but told to whoever reads the status.
    if (upstream.href !== upstream.origin + upstream.pathname) {
      throw new StartError(`${flag} is host, port and path, with no credentials and no query.`);
    }
    const { host, port, advertise } = config;
    if (isOwnAddress(upstream, { host, port, advertise })) {
      throw new StartError(`${flag} names this appliance itself: ${url}`);
    }
    return upstream;
  });
}

/**
 * `GET /synthetic/<sizeBytes>/<id>`: objects of any size for load and for checks of integrity, made
 * while they are sent and never held.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { type ByteRange, lengthOf } from "../../kernel/byte-range.ts";
import type { SyntheticPolicy } from "../config.ts";
import { IMMUTABLE } from "../core/media-kind.ts";
import { fillSynthetic } from "../core/synthetic-bytes.ts";
import { BadSynthetic } from "../errors.ts";
import { deliver } from "./deliver.ts";

const BLOCK_BYTES = 256 * 1024;
const ID = /^[A-Za-z0-9._-]{1,64}$/;
const SIZE = /^(?:0|[1-9]\d{0,14})$/;

export function addSyntheticRoutes(app: ServiceApp, policy: SyntheticPolicy): void {
  const digests = new LRUCache<string, string>({ max: policy.digestsKept });

  app.route<{ Params: { size: string; id: string } }>({
    method: ["GET", "HEAD"],
    url: "/synthetic/:size/:id",
    handler: (request, reply) => {
      const { size, id } = request.params;
      const sizeBytes = Number(size);
      if (!SIZE.test(size) || sizeBytes > policy.maxSizeBytes || !ID.test(id)) {
        throw new BadSynthetic(policy.maxSizeBytes);
      }
      return deliver(request, reply, {
        sizeBytes,
        // Id and size say all about the bytes; the number is the version of how they are made.
        etag: `"synthetic-1-${sizeBytes}-${id}"`,
        contentType: "application/octet-stream",
        cacheControl: IMMUTABLE,
        reprDigest: sizeBytes > policy.maxDigestBytes ? undefined : digestOf(id, sizeBytes),
        read: async (range) => read(id, range),
      });
    },
  });

  function digestOf(id: string, sizeBytes: number): string {
    const key = `${sizeBytes} ${id}`;
    const known = digests.get(key);
    if (known !== undefined) return known;
    const hash = createHash("sha256");
    for (const block of blocks(id, { first: 0, last: sizeBytes - 1 })) hash.update(block);
    const digest = `sha-256=:${hash.digest("base64")}:`;
    digests.set(key, digest);
    return digest;
  }
}

function read(id: string, range: ByteRange): Buffer | Readable {
  if (lengthOf(range) > BLOCK_BYTES) return Readable.from(blocks(id, range), { objectMode: false });
  const [block = Buffer.alloc(0)] = blocks(id, range);
  return block;
}

function* blocks(id: string, { first, last }: ByteRange): Generator<Buffer> {
  for (let at = first; at <= last; at += BLOCK_BYTES) {
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, last + 1 - at));
    fillSynthetic(block, id, at);
    yield block;
  }
}

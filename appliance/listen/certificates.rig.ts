/** Certificates for tests: made for the occasion, and believed by nobody else. */
import { generate } from "selfsigned";
import type { TlsMaterial } from "./tls-files.ts";

export async function newCertificate(commonName: string): Promise<TlsMaterial> {
  const { cert, private: key } = await generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
}

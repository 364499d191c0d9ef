/**
 * Reads the certificate and the key that viewers are answered with, and refuses what would only fail
 * when the first of them connects.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";

export type TlsFiles = { readonly certFile: string; readonly keyFile: string };

/** In PEM; the certificate with those that vouch for it behind it. */
export type TlsMaterial = { readonly cert: Buffer; readonly key: Buffer };

export type TlsReading =
  | { readonly ok: true; readonly material: TlsMaterial }
  | { readonly ok: false; readonly reason: string };

export async function readTlsFiles({ certFile, keyFile }: TlsFiles): Promise<TlsReading> {
  const cert = await readOrSay(certFile, "--tls-cert");
  if (typeof cert === "string") return { ok: false, reason: cert };
  const key = await readOrSay(keyFile, "--tls-key");
  if (typeof key === "string") return { ok: false, reason: key };
  const reason = faultOf({ cert, key });
  return reason === undefined ? { ok: true, material: { cert, key } } : { ok: false, reason };
}

function faultOf({ cert, key }: TlsMaterial): string | undefined {
  const certificate = orUndefined(() => new X509Certificate(cert));
  if (certificate === undefined) return "--tls-cert holds no certificate in PEM.";
  const privateKey = orUndefined(() => createPrivateKey(key));
  if (privateKey === undefined)
    return "--tls-key holds no private key in PEM without a passphrase.";
  return certificate.checkPrivateKey(privateKey)
    ? undefined
    : "--tls-key is not the key of the certificate in --tls-cert.";
}

async function readOrSay(path: string, flag: string): Promise<Buffer | string> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    return `${flag} cannot be read: ${code} ${path}`;
  }
}

function orUndefined<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

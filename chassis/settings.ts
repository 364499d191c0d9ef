/** Settings that several services have, declared once: same name, same limits, same words. */
import { type Static, Type } from "typebox";

const HOST_FORM = "http(s)://host[:port], no path";

/**
 * Scheme and authority alone; no comma and no equals sign, so that it can stand in a list. A slash at its
 * end, as browsers show it, is dropped when it is read.
 */
export const BaseUrl = Type.String({
  pattern: "^https?://[^/?#@\\s,=]+$",
  form: HOST_FORM,
  dropsFinalSlash: true,
});

/** @param use whose address it is. */
export const baseUrlSetting = (use: string) => ({ ...BaseUrl, description: use });

/** `name=URL`: a base URL that is spoken of by a name. */
export const NamedBaseUrl = Type.String({
  pattern: "^[a-z0-9-]{1,32}=https?://[^/?#@\\s,=]+$",
  form: `name=${HOST_FORM}; a name is made of a-z, 0-9 and -`,
  dropsFinalSlash: true,
});

export const HostSetting = Type.String({
  minLength: 1,
  default: "127.0.0.1",
  description: "address to listen on",
});

export const portSetting = (standard: number) =>
  Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: standard,
    description: "port, 0 for any",
  });

export const AdvertiseSetting = Type.Optional(
  baseUrlSetting("base URL by which others reach it, if it is another"),
);

export const LogLevelSetting = Type.Union(
  [
    Type.Literal("debug"),
    Type.Literal("info"),
    Type.Literal("warn"),
    Type.Literal("error"),
    Type.Literal("silent"),
  ],
  { default: "info", description: "debug, info, warn, error or silent" },
);
export type LogLevel = Static<typeof LogLevelSetting>;

/** @param use what it is for, and what is missing without it. */
export const tokenSetting = (use: string) =>
  Type.Optional(Type.String({ env: "UNDERSTUDY_TOKEN", minLength: 8, description: use }));

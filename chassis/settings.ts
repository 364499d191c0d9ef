/** Settings that several services have, declared once: same name, same limits, same words. */
import { type Static, Type } from "typebox";

/** Scheme and authority alone; no comma and no equals sign, so that it can stand in a list. */
export const BASE_URL_PATTERN = "^https?://[^/?#@\\s,=]+$";

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
  Type.String({
    pattern: BASE_URL_PATTERN,
    description: "base URL by which others reach it, if it is another",
  }),
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

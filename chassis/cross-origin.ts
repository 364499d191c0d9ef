/**
 * What a page of another origin may read of our answers (Fetch standard, CORS protocol).
 *
 * A player on any site must be able to play from an appliance and to see the headers by which it
 * judges what it got, so everything that is public answers with `*` and exposes these.
 */
export const EXPOSED_HEADERS = [
  "Accept-Ranges",
  "Age",
  "Cache-Status",
  "CMSD-Dynamic",
  "Content-Encoding",
  "Content-Length",
  "Content-Range",
  "Date",
  "ETag",
  "Repr-Digest",
  "Retry-After",
  "Server-Timing",
] as const;

export const PUBLIC_CORS = {
  origin: "*",
  methods: ["GET", "HEAD", "OPTIONS"],
  exposedHeaders: [...EXPOSED_HEADERS],
  maxAge: 86_400,
};

/** The same for answers that are written without Fastify. */
export const PUBLIC_CORS_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": EXPOSED_HEADERS.join(", "),
  "timing-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
} as const;

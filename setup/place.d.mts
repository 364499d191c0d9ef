/** Where and for whom a step of the set-up works. */
export type Place = {
  /** The checkout, absolute. */
  readonly root: string;
  readonly logFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
};

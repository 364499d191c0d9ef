/**
 * The platform's globals that pure code may use: no clock, no chance, no I/O.
 *
 * `core/` and `kernel/` are compiled without the types of Node and of the browser, so that nothing
 * impure compiles there. What is pure on both is let in here, by name.
 */
declare class URL {
  constructor(url: string, base?: string);
  static canParse(url: string, base?: string): boolean;
  readonly href: string;
  readonly origin: string;
  readonly protocol: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly searchParams: {
    get(name: string): string | null;
    set(name: string, value: string): void;
    delete(name: string): void;
  };
}

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

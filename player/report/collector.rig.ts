/** For tests: a collector of CMCD that answers as it is told, and what it has read. */
import { decodeCmcd, validateCmcdEventReport } from "@svta/cml-cmcd";

export type Collected = Readonly<Record<string, unknown>>;

export class Collector {
  /** What the next bodies are answered with; undefined is silence. */
  answer: Response | undefined = new Response(null, { status: 204 });
  readonly posts: { readonly url: string; readonly init: RequestInit; readonly body: string }[] =
    [];

  readonly fetch: typeof fetch = (input, init = {}) => {
    this.posts.push({ url: String(input), init, body: String(init.body) });
    if (this.answer !== undefined) return Promise.resolve(this.answer);
    return new Promise((_, reject) =>
      init.signal?.addEventListener("abort", () => reject(new DOMException("aborted"))),
    );
  };

  get reports(): readonly Collected[] {
    return this.posts.flatMap(({ body }) =>
      body.split("\n").map((line) => decodeCmcd(line) as Collected),
    );
  }

  /** Of one kind. */
  all(event: string): readonly Collected[] {
    return this.reports.filter(({ e }) => e === event);
  }

  /** What the library says against them; it does not know the event `h` (CTA-5004-B, table 1). */
  get objections(): readonly string[] {
    return this.posts.flatMap(({ url, init, body }) => {
      const headers = init.headers as Record<string, string>;
      const { issues } = validateCmcdEventReport({ url, method: "POST", headers, body });
      return issues.map(({ message }) => message).filter((text) => !/token value "h"/.test(text));
    });
  }
}

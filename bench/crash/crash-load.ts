/**
 * Clients that ask an appliance for random objects, whole and in part, and compare each byte of each
 * answer with what the origin would have sent, until the appliance is gone.
 */
import { Agent, request } from "undici";
import type { Random } from "../../kernel/seeded-random.ts";
import { fillSynthetic } from "../../origin/core/synthetic-bytes.ts";

export type CrashObject = { readonly id: string; readonly sizeBytes: number };

export type CrashLoadOptions = {
  readonly url: string;
  readonly objects: readonly CrashObject[];
  readonly clients: number;
  readonly random: Random;
  /** After so many answers, whoever waits for them. */
  readonly onAnswer: (answers: number) => void;
};

/** Some clients ask for a part, as players do that resume. */
const RANGE_SHARE = 0.2;
const ANSWER_LIMIT_MS = 30_000;

export class CrashLoad {
  readonly #options: CrashLoadOptions;
  readonly #agent = new Agent({ headersTimeout: ANSWER_LIMIT_MS, bodyTimeout: ANSWER_LIMIT_MS });
  readonly #clients: readonly Promise<void>[];
  #answers = 0;
  /** Paths of which a wrong byte came. */
  readonly wrong: string[] = [];
  /** Answers that were refused, though they should not have been. */
  readonly refused: string[] = [];

  constructor(options: CrashLoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.clients }, () => this.#askOn());
  }

  get answers(): number {
    return this.#answers;
  }

  /** Resolves when the appliance is gone and no client asks any more. */
  async over(): Promise<void> {
    await Promise.all(this.#clients);
    await this.#agent.destroy();
  }

  async #askOn(): Promise<void> {
    const { objects, random, url } = this.#options;
    for (;;) {
      const object = objects[Math.floor(random() * objects.length)];
      if (object === undefined) throw new RangeError("There are no objects to ask for");
      const range = drawRange(object, random);
      const answered = await readAnswer(this.#agent, url, { object, range });
      if (answered === undefined) return;
      this.#judge(object, range, answered);
      this.#answers += 1;
      this.#options.onAnswer(this.#answers);
    }
  }

  #judge(object: CrashObject, range: Range | undefined, { status, bytes }: Answered): void {
    const { first, end } = range ?? { first: 0, end: object.sizeBytes };
    if (status !== (range === undefined ? 200 : 206)) {
      this.refused.push(`${pathOf(object)} with ${status}`);
      return;
    }
    const expected = Buffer.allocUnsafe(end - first);
    fillSynthetic(expected, object.id, first);
    if (!bytes.equals(expected)) this.wrong.push(pathOf(object));
  }
}

/** Asks for each object once. Returns those that came wrong. */
export async function readEach(url: string, objects: readonly CrashObject[]): Promise<string[]> {
  const agent = new Agent();
  const wrong: string[] = [];
  try {
    for (const object of objects) {
      const answered = await readAnswer(agent, url, { object, range: undefined });
      const expected = Buffer.allocUnsafe(object.sizeBytes);
      fillSynthetic(expected, object.id, 0);
      if (answered?.status !== 200 || !answered.bytes.equals(expected)) wrong.push(pathOf(object));
    }
  } finally {
    await agent.destroy();
  }
  return wrong;
}

type Range = { readonly first: number; readonly end: number };
type Answered = { readonly status: number; readonly bytes: Buffer };

/** Undefined where the appliance was ended in the midst of it: half an answer is none. */
async function readAnswer(
  agent: Agent,
  url: string,
  { object, range }: { readonly object: CrashObject; readonly range: Range | undefined },
): Promise<Answered | undefined> {
  const headers = range === undefined ? {} : { range: `bytes=${range.first}-${range.end - 1}` };
  try {
    const answer = await request(url + pathOf(object), { dispatcher: agent, headers });
    return { status: answer.statusCode, bytes: Buffer.from(await answer.body.arrayBuffer()) };
  } catch {
    return undefined;
  }
}

function drawRange({ sizeBytes }: CrashObject, random: Random): Range | undefined {
  if (random() >= RANGE_SHARE) return undefined;
  const first = Math.floor(random() * sizeBytes);
  return { first, end: first + 1 + Math.floor(random() * (sizeBytes - first)) };
}

export function pathOf({ id, sizeBytes }: CrashObject): string {
  return `/synthetic/${sizeBytes}/${id}`;
}

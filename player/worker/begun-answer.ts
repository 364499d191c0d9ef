/**
 * An answer whose head is given out when the body begins to arrive, and whose body follows once it is
 * whole.
 *
 * A player measures its bandwidth from the head to the end. If both came together, every link would look
 * as if it had no limit; and what has not been given out can still be taken from another pathway.
 */
import type { ByteRange } from "../../kernel/byte-range.ts";
import { writeAnswerHead } from "../core/answer-head.ts";
import type { Delivery } from "../transport/delivery.ts";

export type BegunAnswer = {
  readonly range: ByteRange | undefined;
  /** Of what was asked for, as the head of the answer said. */
  readonly sizeBytes: number;
  readonly received: Headers;
  readonly delivery: Promise<Delivery>;
  /** The player turns away. */
  readonly onCancel: () => void;
};

export function respondBegun(answer: BegunAnswer): Response {
  const { range, sizeBytes, received, delivery, onCancel } = answer;
  const { status, headers } = writeAnswerHead({ range, sizeBytes, isRewritten: false, received });
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      try {
        const whole = (await delivery).body;
        // Another pathway had a body of another length: the player has to ask again, and will get that.
        if (whole.byteLength !== sizeBytes) throw new TypeError("The body is not what it began as");
        if (whole.byteLength > 0) controller.enqueue(new Uint8Array(whole));
        controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: onCancel,
  });
  return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
}

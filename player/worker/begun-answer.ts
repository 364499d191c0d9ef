/**
 * An answer whose head and first byte are given out when they come, and the rest once it is whole.
 *
 * A player measures its bandwidth from the head, or from the first piece, to the end. If all came together,
 * every link would look as if it had no limit; and what has not been given out can still be taken from
 * another pathway. A body that turns out to begin otherwise is broken off, and the player asks again. That it
 * has another length than was announced does no harm where no range was asked for: browsers take all that a
 * worker gives them.
 */
import type { ByteRange } from "../../kernel/byte-range.ts";
import { writeAnswerHead } from "../core/worker/answer-head.ts";
import type { Delivery } from "../transport/delivery.ts";

export type BegunAnswer = {
  readonly range: ByteRange | undefined;
  /** Of what was asked for, as the head of the answer said. */
  readonly sizeBytes: number;
  readonly firstByte: number;
  readonly received: Headers;
  readonly delivery: Promise<Delivery>;
  /** The player turns away. */
  readonly onCancel: () => void;
};

export function respondBegun(answer: BegunAnswer): Response {
  const { range, sizeBytes, firstByte, received, delivery, onCancel } = answer;
  const { status, headers } = writeAnswerHead({ range, sizeBytes, isRewritten: false, received });
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(Uint8Array.of(firstByte));
      try {
        const whole = new Uint8Array((await delivery).body);
        // Another pathway had another body: the player has to ask again, and will get that.
        const isAsLong = range === undefined || whole.length === sizeBytes;
        if (!isAsLong || whole[0] !== firstByte)
          throw new TypeError("The body is not what it began as");
        if (whole.length > 1) controller.enqueue(whole.subarray(1));
        controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: onCancel,
  });
  return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
}

/** Counts the bytes of bodies that come from upstream, whoever asked for them. */
import type { UpstreamReceiver, Upstreams } from "../upstream/upstream.ts";

export class UpstreamMeter {
  receivedBytes = 0;

  /** The same upstreams, counted. */
  metered(upstreams: Upstreams): Upstreams {
    return {
      ...upstreams,
      call: (request, receiver) => upstreams.call(request, this.#counting(receiver)),
    };
  }

  #counting(receiver: UpstreamReceiver): UpstreamReceiver {
    return {
      onInterim: (status, fields) => receiver.onInterim?.(status, fields),
      onHead: (status, fields) => receiver.onHead(status, fields),
      onBytes: (bytes) => {
        this.receivedBytes += bytes.length;
        receiver.onBytes(bytes);
      },
      onEnd: () => receiver.onEnd(),
      onFailure: (failure) => receiver.onFailure(failure),
    };
  }
}

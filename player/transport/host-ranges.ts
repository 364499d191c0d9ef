/**
 * Which hosts deliver whole bodies and fail what asks for a part of one: a preflight that `Range` does not
 * pass, a firewall, a body that is compressed on the way. None says so; it shows in what fails and what does not.
 */

/** So often must a whole body have come where parts had failed: a host may also have come back just then. */
const PROOFS = 2;
/** While a host may as well be down, every so many questions in vain are followed by one for the whole. */
const PARTS_IN_TURN = 2;

export class HostRanges {
  readonly #proofs = new Map<string, number>();

  fails(host: string): boolean {
    return (this.#proofs.get(host) ?? 0) >= PROOFS;
  }

  notePart(host: string): void {
    this.#proofs.delete(host);
  }

  noteWhole(host: string): void {
    this.#proofs.set(host, (this.#proofs.get(host) ?? 0) + 1);
  }
}

/** The same for one request, for as long as it is under way. */
export class RequestRanges {
  readonly #hosts: HostRanges;
  readonly #failed = new Map<string, number>();

  constructor(hosts: HostRanges) {
    this.#hosts = hosts;
  }

  /** Whether all is asked for again there, though something is held already. */
  isAskedWhole(host: string): boolean {
    const failed = this.#failed.get(host) ?? 0;
    return this.#hosts.fails(host) || failed % (PARTS_IN_TURN + 1) === PARTS_IN_TURN;
  }

  /**
   * An attempt that could have gone on with what was held has ended.
   *
   * @param outcome `denied` by an answer, where a host that is down gives none.
   */
  noteEnded(host: string, outcome: "whole" | "failed" | "denied"): void {
    const wasWhole = this.isAskedWhole(host);
    const failed = this.#failed.get(host) ?? 0;
    if (outcome === "whole" && wasWhole) this.#hosts.noteWhole(host);
    else if (outcome === "whole") this.#hosts.notePart(host);
    else if (outcome === "denied" && !wasWhole) this.#failed.set(host, PARTS_IN_TURN);
    else this.#failed.set(host, failed + 1);
  }
}

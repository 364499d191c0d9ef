/**
 * A queue whose members carry their own links, so that any of them can leave at once and nothing is
 * allocated for a place in it. A member stands in one queue at a time.
 */
export type Queued<Member> = {
  readonly sizeBytes: number;
  newer: Member | undefined;
  older: Member | undefined;
};

export class LinkedQueue<Member extends Queued<Member>> {
  newest: Member | undefined;
  oldest: Member | undefined;
  usedBytes = 0;

  add(member: Member): void {
    member.older = this.newest;
    member.newer = undefined;
    if (this.newest === undefined) this.oldest = member;
    else this.newest.newer = member;
    this.newest = member;
    this.usedBytes += member.sizeBytes;
  }

  remove(member: Member): void {
    const { newer, older } = member;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    member.newer = undefined;
    member.older = undefined;
    this.usedBytes -= member.sizeBytes;
  }

  /** Makes it the newest. */
  renew(member: Member): void {
    if (member === this.newest) return;
    this.remove(member);
    this.add(member);
  }

  clear(): void {
    this.newest = undefined;
    this.oldest = undefined;
    this.usedBytes = 0;
  }
}

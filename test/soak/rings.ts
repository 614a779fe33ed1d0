/** Rings in the soak: what is sent arrives, in order and unchanged, whatever else is cancelled or closed meanwhile. */
import { SHUT_RDWR, socketpair } from 'fd-selectors/socket';
import { available, type Completion, Ring } from 'fd-selectors/uring';
import type { Random } from './random.js';
import { violation } from './subject.js';

const uring = available();

/** Bytes that differ from their neighbors. */
const source = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31) >> 4));

/** What completes, and for whom. */
interface Tag {
  readonly stream: Stream;
  /** Whether it completes only if it fails. */
  readonly skips: boolean;
}

/** A stream from one socket to another, both of which are the ring's. */
class Stream {
  readonly tag: Tag = { stream: this, skips: false };
  readonly #skips: Tag = { stream: this, skips: true };
  readonly #ring: Ring<Tag>;
  readonly #random: Random;
  readonly #ends = socketpair();
  readonly #length: number;
  #sent = 0;
  #received = 0;

  constructor(ring: Ring<Tag>, random: Random) {
    this.#ring = ring;
    this.#random = random;
    this.#length = random.below(source.length);
    ring.recvMultishot(this.#ends[0], this.tag);
    this.send();
  }

  get over(): boolean {
    return this.#received === this.#length;
  }

  /** Sends some more pieces, of any length. */
  send(): void {
    for (let left = 1 + this.#random.below(5); left > 0 && this.#sent < this.#length; left--) {
      const end = Math.min(this.#sent + 1 + this.#random.below(30_000), this.#length);
      const piece = source.subarray(this.#sent, end);
      if (this.#random.chance(0.5)) this.#ring.send(this.#ends[1], piece, this.tag);
      else this.#ring.sendSkipSuccess(this.#ends[1], piece, this.#skips);
      this.#sent = end;
    }
  }

  take({ op, result, bytes, error, data }: Completion<Tag>): void {
    if (error !== undefined && error.code !== 'ECANCELED') violation(`${op}: ${error.message}`);
    if (data.skips && error === undefined) violation(`${op}: completes although it succeeded`);
    // After a receive, too: there may be no send that completes.
    if (op === 'send' || op === 'recv') this.send();
    if (op !== 'recv' || result <= 0) return;
    const wanted = source.subarray(this.#received, this.#received + result);
    if (!bytes.equals(wanted)) violation(`a ring received other bytes than were sent, at ${this.#received}`);
    this.#received += result;
  }

  /** Leaves the descriptors to the ring. What is not sent yet fails. */
  end(): void {
    for (const end of this.#ends) end.shutdown(SHUT_RDWR);
    for (const end of this.#ends) this.#ring.closeFd(end, this.tag);
  }

  close(): void {
    for (const end of this.#ends) end.close();
  }
}

/** Streams through one ring, some of them to their end. */
export async function streams(random: Random): Promise<void> {
  if (!uring.available) return;
  const ring = new Ring<Tag>({
    entries: 1 + random.below(16),
    buffers: 2 + random.below(8),
    bufferSize: 4096,
  });
  const all = Array.from({ length: 1 + random.below(4) }, () => new Stream(ring, random));
  const first = all[0] as Stream;
  for (let left = random.below(300); left > 0 && !all.every(({ over }) => over); left--) {
    if (random.chance(0.1)) ring.cancel(ring.timeout(1000, first.tag));
    for (const completion of await ring.completionsAsync(1)) completion.data.stream.take(completion);
  }
  if (random.chance(0.5)) await endAll(ring, all);
  else for (let left = random.below(5); left > 0; left--) ring.completions(0);
  ring.close();
  for (const stream of all) stream.close();
}

/** Closes all descriptors by the ring, which cancels what is under way on them. */
async function endAll(ring: Ring<Tag>, all: readonly Stream[]): Promise<void> {
  for (const stream of all) stream.end();
  for (let left = 2 * all.length; left > 0; ) {
    const batch = await ring.completionsAsync(60);
    if (batch.length === 0) violation(`a ring does not close ${left} descriptors`);
    left -= batch.filter(({ op }) => op === 'close').length;
  }
}

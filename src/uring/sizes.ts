/** The sizes of a ring. */

/** What the user may set: see RingOptions. */
export interface Sizes {
  readonly entries: number;
  readonly completions: number;
  readonly buffers: number;
  readonly bufferSize: number;
  readonly memory: number;
}

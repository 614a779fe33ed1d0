/**
 * io_uring, experimental: submit operations to the kernel, which waits, copies, and reports completion.
 *
 * This module may change in any release.
 *
 * @module fd-selectors/uring
 */

export { type Availability, available } from './available.js';
export type { DataArgument, RingOptions, RingWaitOptions } from './base.js';
export type { Completion } from './completion.js';
export type { Operation, OperationName } from './operation.js';
export { Ring } from './ring.js';
export type { Detachable, SendmsgOptions } from './socketring.js';

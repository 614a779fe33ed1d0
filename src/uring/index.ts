/// <reference types="node" preserve="true" />
/**
 * io_uring, experimental: submit operations to the kernel, which waits, copies, and reports completion.
 *
 * This module may change in any release.
 *
 * @module fd-selectors/uring
 */

export { type Completion, Ring, type RingOptions } from './ring.js';

/**
 * Python's `selectors` for Node.js: wait until some of many descriptors are ready.
 *
 * @module fd-selectors
 */
export * from './errors.js';
export type { FileObject } from './fileno.js';
export * from './selectors/index.js';
export type { Milliseconds, Seconds, Timeout } from './time.js';

/// <reference types="node" preserve="true" />
/**
 * Python's `select` module: the system calls select(2), poll(2) and epoll(7).
 *
 * @module fd-selectors/select
 */

export { OSError as error } from '../errors.js';
export type { FileObject } from '../fileno.js';
export * from './constants.js';
export { type Epoll, epoll } from './epoll.js';
export { FD_SETSIZE } from './fdset.js';
export { type Poll, poll } from './poll.js';
export { select } from './select.js';

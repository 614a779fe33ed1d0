/// <reference types="node" preserve="true" />
/**
 * Receiving and sending for many sockets in one call.
 *
 * @module fd-selectors/batch
 */
export { type AddArguments, Batch, type BatchOptions, type BatchSocketOptions } from './batch.js';
export { BatchEvent } from './event.js';
export { BatchSocket } from './socket.js';

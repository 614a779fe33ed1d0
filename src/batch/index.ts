/** Receiving and sending for many sockets in one call. */
export { type AddArguments, Batch, type BatchOptions, type BatchSocketOptions } from './batch.js';
export { BatchEvent } from './event.js';
export { BatchSocket } from './socket.js';

/** The type of the Buffers that are returned. */

/** A Buffer over memory that is not shared: `Buffer<ArrayBuffer>`, or `Buffer` where its type has no parameter. */
export type OwnBuffer = ReturnType<typeof Buffer.alloc>;

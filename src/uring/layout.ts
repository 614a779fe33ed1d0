/** The layout of io_uring(7)'s structs, in 32-bit words; the same on every architecture. */

/** `struct io_uring_params`. */
export const PARAMS = { words: 30, sqEntries: 0, cqEntries: 1, flags: 2, features: 5 } as const;

/** Where `struct io_uring_params` says, in bytes, where the fields of the submission queue are. */
export const SQ_OFF = { head: 10, tail: 11, array: 16 } as const;

/** The same for the completion queue. */
export const CQ_OFF = { head: 20, tail: 21, cqes: 25 } as const;

/** `struct io_uring_sqe`. */
export const SQE = { words: 16, fd: 1, offset: 2, address: 4, length: 6, flags: 7, token: 8 } as const;

/** `struct io_uring_cqe`. */
export const CQE = { words: 4, token: 0, result: 2 } as const;

/** Where to map the submissions themselves: the queues are at 0. */
export const OFF_SQES = 0x1000_0000;

export const IORING_SETUP_CLAMP = 1 << 4;
export const IORING_FEAT_SINGLE_MMAP = 1 << 0;
export const IORING_FEAT_EXT_ARG = 1 << 8;
export const IORING_ENTER_GETEVENTS = 1 << 0;

export const IORING_OP_READ = 22;
export const IORING_OP_SEND = 26;
export const IORING_OP_RECV = 27;

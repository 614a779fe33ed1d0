/** The layout of io_uring(7)'s structs, in 32-bit words; the same on every architecture. */

/** `struct io_uring_params`. */
export const PARAMS = { words: 30, sqEntries: 0, cqEntries: 1, flags: 2, features: 5 } as const;

/** Where `struct io_uring_params` says, in bytes, where the fields of the submission queue are. */
export const SQ_OFF = { head: 10, tail: 11, flags: 14, array: 16 } as const;

/** The same for the completion queue. */
export const CQ_OFF = { head: 20, tail: 21, cqes: 25 } as const;

/** `struct io_uring_sqe`. */
export const SQE = {
  words: 16,
  fd: 1,
  offset: 2,
  address: 4,
  length: 6,
  flags: 7,
  slot: 8,
  tag: 9,
  group: 10,
} as const;

/** `struct io_uring_cqe`. */
export const CQE = { words: 4, slot: 0, result: 2, flags: 3 } as const;

/** Where to map the submissions themselves: the queues are at 0. */
export const OFF_SQES = 0x1000_0000;

export const IORING_SETUP_CQSIZE = 1 << 3;
export const IORING_SETUP_CLAMP = 1 << 4;
export const IORING_SETUP_SUBMIT_ALL = 1 << 7;
export const IORING_SETUP_TASKRUN_FLAG = 1 << 9;
export const IORING_SETUP_SINGLE_ISSUER = 1 << 12;
export const IORING_SETUP_DEFER_TASKRUN = 1 << 13;

export const IORING_FEAT_SINGLE_MMAP = 1 << 0;
export const IORING_FEAT_NODROP = 1 << 1;
export const IORING_FEAT_SUBMIT_STABLE = 1 << 2;
export const IORING_FEAT_EXT_ARG = 1 << 8;

export const IORING_ENTER_GETEVENTS = 1 << 0;

export const IORING_REGISTER_EVENTFD = 4;
export const IORING_REGISTER_PROBE = 8;
export const IORING_REGISTER_PBUF_RING = 22;

export const IORING_SQ_CQ_OVERFLOW = 1 << 1;
export const IORING_SQ_TASKRUN = 1 << 2;

export const IORING_CQE_F_BUFFER = 1 << 0;
export const IORING_CQE_F_MORE = 1 << 1;
/** The buffer of a completion is the upper half of its flags. */
export const IORING_CQE_BUFFER_SHIFT = 16;

/** Flags of a submission, in the second byte of its first word. */
export const IOSQE_IO_HARDLINK = 1 << (3 + 8);
export const IOSQE_BUFFER_SELECT = 1 << (5 + 8);
export const IOSQE_CQE_SKIP_SUCCESS = 1 << (6 + 8);
/** Flags of one kind of operation, in the upper half of its first word. */
export const IORING_RECV_MULTISHOT = 1 << (1 + 16);
export const IORING_ACCEPT_MULTISHOT = 1 << (0 + 16);

export const IORING_FSYNC_DATASYNC = 1 << 0;

export const IORING_OP_NOP = 0;
export const IORING_OP_FSYNC = 3;
export const IORING_OP_POLL_ADD = 6;
export const IORING_OP_SENDMSG = 9;
export const IORING_OP_TIMEOUT = 11;
export const IORING_OP_ACCEPT = 13;
export const IORING_OP_ASYNC_CANCEL = 14;
export const IORING_OP_CONNECT = 16;
export const IORING_OP_OPENAT = 18;
export const IORING_OP_CLOSE = 19;
export const IORING_OP_READ = 22;
export const IORING_OP_WRITE = 23;
export const IORING_OP_SEND = 26;
export const IORING_OP_RECV = 27;

/** Control messages, `struct cmsghdr` and data: what accompanies the bytes of `sendmsg` and `recvmsg`. */
import { type Bytes, checkInteger, checkIterable, toBytes, typeError } from '../arguments.js';
import { native } from '../native.js';
import type { OwnBuffer } from './buffer.js';

const { level, type, data, align } = native.cmsghdr;

/** The largest length of a control message: an `int` in the kernel. */
const MOST = 0x7fff_ffff;

/** A control message: the level, such as `SOL_SOCKET`, the type, such as `SCM_RIGHTS`, and the bytes. */
export type ControlMessage = [level: number, type: number, data: OwnBuffer];

/** A control message to send. */
export type ControlMessageLike = readonly [level: number, type: number, data: Bytes];

/** The next multiple of the alignment. */
function aligned(length: number): number {
  return Math.ceil(length / align) * align;
}

function checkLength(length: number): void {
  checkInteger('length', length, 0, MOST - data - align);
}

/**
 * The size of a control message with `length` bytes of data, without padding: the `ancbufsize` of `recvmsg()` that is
 * just enough for one.
 *
 * Linux: cmsg(3). Python: `socket.CMSG_LEN`.
 *
 * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 * @example
 * ```ts
 * import { CMSG_LEN, CMSG_SPACE } from 'fd-selectors/socket';
 * assert.ok(CMSG_SPACE(4) >= CMSG_LEN(4));
 * assert.equal(CMSG_LEN(4), CMSG_LEN(0) + 4);
 * ```
 */
export function CMSG_LEN(length: number): number {
  checkLength(length);
  return data + length;
}

/**
 * The size of a control message with `length` bytes of data, with padding: add these up for an `ancbufsize` that
 * holds several.
 *
 * Linux: cmsg(3). Python: `socket.CMSG_SPACE`.
 *
 * @throws as {@link CMSG_LEN} does.
 */
export function CMSG_SPACE(length: number): number {
  checkLength(length);
  return aligned(data + length);
}

const NONE = Buffer.alloc(0);

function checkMessage(message: unknown): asserts message is ControlMessageLike {
  if (Array.isArray(message) && message.length === 3) return;
  throw typeError('ancdata[]', 'an array [level, type, data]', message);
}

/**
 * Lays out control messages for the kernel.
 *
 * @throws `TypeError` `ERR_INVALID_ARG_TYPE`; {@link ValueError} `ERR_OUT_OF_RANGE`.
 */
export function packControl(messages: Iterable<ControlMessageLike>): Buffer {
  checkIterable('ancdata', messages, '[level, type, data]');
  const parts: Buffer[] = [];
  for (const message of messages) {
    checkMessage(message);
    checkInteger('level', message[0]);
    checkInteger('type', message[1]);
    const bytes = toBytes('ancdata[].data', message[2]);
    const part = Buffer.alloc(CMSG_SPACE(bytes.length));
    // The upper half of a length of 64 bits stays zero.
    part.writeUInt32LE(data + bytes.length, 0);
    part.writeInt32LE(message[0], level);
    part.writeInt32LE(message[1], type);
    part.set(bytes, data);
    parts.push(part);
  }
  if (parts.length === 0) return NONE;
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** Parses the control messages that the kernel wrote. A truncated one keeps the bytes that arrived. */
export function unpackControl(control: OwnBuffer): ControlMessage[] {
  const messages: ControlMessage[] = [];
  for (let rest = control; rest.length >= data; ) {
    const length = rest.readUInt32LE(0);
    if (length < data) break;
    messages.push([rest.readInt32LE(level), rest.readInt32LE(type), rest.subarray(data, length)]);
    rest = rest.subarray(aligned(length));
  }
  return messages;
}

/**
 * Room for control messages.
 *
 * @throws {@link ValueError} `ERR_OUT_OF_RANGE`; `TypeError` `ERR_INVALID_ARG_TYPE`.
 */
export function controlRoom(ancbufsize: number): OwnBuffer {
  checkInteger('ancbufsize', ancbufsize, 0);
  return ancbufsize === 0 ? NONE : Buffer.alloc(ancbufsize);
}

/** The descriptors in a message of SCM_RIGHTS; the kernel never truncates one. */
export function descriptorsIn(bytes: Buffer): number[] {
  const count = Math.floor(bytes.length / 4);
  return Array.from({ length: count }, (_, i) => bytes.readInt32LE(4 * i));
}

/** The bytes of a message of SCM_RIGHTS. */
export function descriptorBytes(fds: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * fds.length);
  for (const [i, fd] of fds.entries()) bytes.writeInt32LE(fd, 4 * i);
  return bytes;
}

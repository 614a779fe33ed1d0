/** Addresses of AF_PACKET, AF_VSOCK, AF_CAN and AF_ALG. */
import {
  AF_ALG,
  AF_CAN,
  AF_PACKET,
  AF_VSOCK,
  ALG_OP_ENCRYPT,
  CAN_ISOTP,
  CAN_J1939,
  CAN_RAW,
  type Family,
  htons,
  ifNametoindex,
  PACKET_HOST,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  socket,
  VMADDR_CID_ANY,
  VMADDR_PORT_ANY,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/socket/address.js';
import { SockAddr } from '../../src/socket/sockaddr.js';
import { closing } from '../support/descriptors.js';
import { thrown } from '../support/thrown.js';

/** Whether this machine has the family. */
const has = (family: number, type: number, proto = 0): boolean =>
  thrown(() => socket(family, type, proto).close()) === 'nothing';

/** An address as the kernel gets it, and as it would come back. */
function roundTrip(family: number, address: readonly unknown[], proto = 0): unknown {
  const sockaddr = new SockAddr();
  encode(sockaddr, family, address as never, proto);
  return sockaddr.decode(proto);
}

describe('AF_PACKET', () => {
  it('has the interface, the protocol, the kind of packet, the type of hardware and its address', () => {
    const hardware = Buffer.from([1, 2, 3, 4, 5, 6]);
    expect(roundTrip(AF_PACKET, ['lo', 0x0800])).toEqual(['lo', 0x0800, 0, 0, Buffer.alloc(0)]);
    expect(roundTrip(AF_PACKET, ['lo', 0x0800, 2, 772, hardware])).toEqual(['lo', 0x0800, 2, 772, hardware]);
    expect(roundTrip(AF_PACKET, ['', 0])).toEqual(['', 0, 0, 0, Buffer.alloc(0)]);
  });

  it.skipIf(!has(AF_PACKET, SOCK_DGRAM))('is bound, and receives', () => {
    const listener = closing(socket(AF_PACKET, SOCK_DGRAM, htons(0x88b5)));
    listener.bind(['lo', 0x88b5]);
    listener.settimeout(60);
    const [ifname, proto] = listener.getsockname();
    expect([ifname, proto]).toEqual(['lo', 0x88b5]);
    const sender = closing(socket(AF_PACKET, SOCK_DGRAM));
    sender.sendto(Buffer.from('frame'), ['lo', 0x88b5, 0, 0, Buffer.alloc(6)]);
    const [data, address] = listener.recvfrom(100);
    expect([data.toString(), address[0], address[1]]).toEqual(['frame', 'lo', 0x88b5]);
    expect(PACKET_HOST).toBe(0);
  });
});

describe('AF_VSOCK', () => {
  it('has the machine and the port', () => {
    expect(roundTrip(AF_VSOCK, [2, 1024])).toEqual([2, 1024]);
    expect(roundTrip(AF_VSOCK, [VMADDR_CID_ANY, VMADDR_PORT_ANY])).toEqual([0xffff_ffff, 0xffff_ffff]);
  });

  it.skipIf(!has(AF_VSOCK, SOCK_STREAM))('is bound', () => {
    const sock = closing(socket(AF_VSOCK, SOCK_STREAM));
    sock.bind([VMADDR_CID_ANY, VMADDR_PORT_ANY]);
    const [cid, port] = sock.getsockname();
    expect([cid, port < 0xffff_ffff]).toEqual([VMADDR_CID_ANY, true]);
  });
});

describe('AF_CAN', () => {
  it('has what its protocol has', () => {
    expect(roundTrip(AF_CAN, ['lo'], CAN_RAW)).toEqual(['lo']);
    expect(roundTrip(AF_CAN, [''], CAN_RAW)).toEqual(['']);
    expect(roundTrip(AF_CAN, ['lo', 0x123, 0x321], CAN_ISOTP)).toEqual(['lo', 0x123, 0x321]);
    const name = 0xfedc_ba98_7654_3210n;
    expect(roundTrip(AF_CAN, ['lo', name, 0x3ff00, 0xfe], CAN_J1939)).toEqual(['lo', name, 0x3ff00, 0xfe]);
    expect(roundTrip(AF_CAN, ['lo', 7, 1, 2], CAN_J1939)).toEqual(['lo', 7n, 1, 2]);
  });

  it.skipIf(!has(AF_CAN, SOCK_RAW, CAN_RAW))('is bound to all interfaces', () => {
    const sock = closing(socket(AF_CAN, SOCK_RAW, CAN_RAW));
    sock.bind(['']);
    expect(sock.getsockname()).toEqual(['']);
  });
});

describe('AF_ALG', () => {
  it.skipIf(!has(AF_ALG, SOCK_SEQPACKET))('names an algorithm', () => {
    const sock = closing(socket(AF_ALG, SOCK_SEQPACKET));
    sock.bind(['hash', 'sha256']);
    const [operation] = sock.accept();
    closing(operation);
    operation.sendall(Buffer.from('abc'));
    expect(operation.recv(32).toString('hex').slice(0, 16)).toBe('ba7816bf8f01cfea');
    expect(ALG_OP_ENCRYPT).toBe(1);
  });

  it('is laid out as the kernel has it', () => {
    const sockaddr = new SockAddr();
    encode(sockaddr, AF_ALG, ['skcipher', 'cbc(aes)', 1, 2]);
    expect(sockaddr.length).toBe(88);
    const text = (at: number, size: number) =>
      sockaddr.bytes.toString('latin1', at, at + size).replace(/\0+$/, '');
    expect([text(2, 14), text(24, 64)]).toEqual(['skcipher', 'cbc(aes)']);
    expect([sockaddr.bytes.readUInt32LE(16), sockaddr.bytes.readUInt32LE(20)]).toEqual([1, 2]);
  });
});

describe('an address of another shape', () => {
  it.each([
    [AF_PACKET, ['lo'], 'TypeError ERR_INVALID_ARG_TYPE'],
    [AF_PACKET, 'lo', 'TypeError ERR_INVALID_ARG_TYPE'],
    [AF_PACKET, ['lo', 65536], 'ValueError ERR_OUT_OF_RANGE'],
    [AF_PACKET, ['nonesuch', 1], 'OSError ENODEV'],
    [AF_PACKET, ['lo', 1, 0, 0, Buffer.alloc(9)], 'ValueError ERR_INVALID_ADDRESS'],
    [AF_PACKET, ['lo', 1, 0, 0, 'x'], 'TypeError ERR_INVALID_ARG_TYPE'],
    [AF_PACKET, [1, 1], 'TypeError ERR_INVALID_ARG_TYPE'],
    [AF_VSOCK, [1], 'TypeError ERR_INVALID_ARG_TYPE'],
    [AF_VSOCK, [1, -1], 'ValueError ERR_OUT_OF_RANGE'],
    [AF_CAN, ['lo', 1], 'TypeError ERR_INVALID_ARG_TYPE'],
    [AF_CAN, ['nonesuch'], 'OSError ENODEV'],
    [AF_ALG, ['hash', 'x'.repeat(64)], 'ValueError ERR_INVALID_ADDRESS'],
    [AF_ALG, ['hash'], 'TypeError ERR_INVALID_ARG_TYPE'],
  ])('of family %i, %j, is refused', (family, address, error) => {
    expect(thrown(() => encode(new SockAddr(), family, address as never))).toBe(error);
  });

  it('is refused by what it lacks of a protocol of AF_CAN', () => {
    const call = (address: unknown, proto: number) =>
      thrown(() => encode(new SockAddr(), AF_CAN, address as never, proto));
    expect(call(['lo'], CAN_ISOTP)).toBe('TypeError ERR_INVALID_ARG_TYPE');
    expect(call(['lo', 1n << 64n, 1, 1], CAN_J1939)).toBe('ValueError ERR_OUT_OF_RANGE');
    expect(call(['lo', 1, 1], CAN_J1939)).toBe('TypeError ERR_INVALID_ARG_TYPE');
  });
});

it('the index of an interface is that of its name', () => {
  const family: Family = AF_PACKET;
  const sockaddr = new SockAddr();
  encode(sockaddr, family, ['lo', 0]);
  expect(sockaddr.bytes.readInt32LE(4)).toBe(ifNametoindex('lo'));
});

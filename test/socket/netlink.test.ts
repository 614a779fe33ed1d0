import {
  AF_NETLINK,
  NETLINK_ROUTE,
  NETLINK_USERSOCK,
  SOCK_RAW,
  type Socket,
  socket,
} from 'fd-selectors/socket';
import { describe, expect, it } from 'vitest';
import { closing } from '../support/descriptors.js';

const open = (protocol = NETLINK_ROUTE): Socket => closing(socket(AF_NETLINK, SOCK_RAW, protocol));

describe('addresses of AF_NETLINK', () => {
  it('are the process and the groups', () => {
    const netlink = open();
    expect(netlink.getsockname()).toEqual([0, 0]);
    netlink.bind([0, 5]);
    const [pid, groups] = netlink.getsockname() as [number, number];
    expect(pid).toBeGreaterThan(0);
    expect(groups).toBe(5);
  });

  it('have 32 bits for each, also where an operator made the groups negative', () => {
    const netlink = open(NETLINK_USERSOCK);
    const pid = 0xf000_0000 + process.pid; // nobody else's
    netlink.bind([pid, 1 << 31]);
    expect(netlink.getsockname()).toEqual([pid, 2 ** 31]);
  });

  it('name the sender and the receiver', () => {
    const [a, b] = [open(NETLINK_USERSOCK), open(NETLINK_USERSOCK)];
    a.bind([0, 0]);
    b.bind([0, 0]);
    const [from] = a.getsockname() as [number, number];
    const [to] = b.getsockname() as [number, number];
    a.sendto(Buffer.from('ping'), [to, 0]);
    expect(b.recvfrom(100)).toEqual([Buffer.from('ping'), [from, 0]]);
  });

  it('are refused in another shape and out of range', () => {
    const netlink = open();
    for (const address of ['path', [], [0], [0, 0, 0], ['127.0.0.1', 0], [0, null]]) {
      expect(() => netlink.bind(address as never)).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
    for (const address of [
      [-1, 0],
      [2 ** 32, 0],
      [0.5, 0],
      [0, 2 ** 32],
      [0, -(2 ** 31) - 1],
      [0, Number.NaN],
    ]) {
      expect(() => netlink.bind(address as [number, number])).toThrow(
        expect.objectContaining({ name: 'ValueError', code: 'ERR_OUT_OF_RANGE' }),
      );
    }
    expect(netlink.getsockname()).toEqual([0, 0]);
  });
});

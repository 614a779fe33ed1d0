/** The functions of io_uring. */

import { call, drive, ok } from './driver.js';
import { native } from './shim.js';

/** io_uring is forbidden in many containers. */
export const ring = native['uringSetup']?.(4, new Int32Array(30)) as number;
if (ring >= 0) {
  call('uringClose', ring);
  const open = (): number => ok(call('uringSetup', 4, new Int32Array(30)));
  const KEPT = { io_uring_register: 'absorbed' };
  drive(
    'uringSetup',
    () => () => {
      const found = call('uringSetup', 4, new Int32Array(30));
      return found < 0 ? found : call('uringClose', found);
    },
    { ...KEPT },
  );
  const inRing = (act: (found: number) => number) => () => {
    const found = open();
    return () => {
      const result = act(found);
      const closed = call('uringClose', found);
      return result < 0 ? result : closed;
    };
  };
  drive(
    'uringMap',
    inRing((found) => call('uringMap', found, 0, 4096, [])),
    KEPT,
  );
  drive(
    'uringArea',
    inRing((found) => call('uringArea', found, 4096, [], new Int32Array(2))),
    KEPT,
  );
  drive(
    'uringForget',
    inRing((found) => {
      const into: ArrayBuffer[] = [];
      const made = call('uringArea', found, 4096, into, new Int32Array(2));
      return made < 0 ? made : call('uringForget', found, into[0]);
    }),
    KEPT,
  );
  drive(
    'uringEnter',
    inRing((found) => call('uringEnter', found, 0, 0, 0, 0)),
    KEPT,
  );
  drive(
    'uringEnter, forever',
    inRing((found) => call('uringEnter', found, 0, 0, 0, -1)),
    KEPT,
  );
  // IORING_REGISTER_PROBE
  drive(
    'uringRegister',
    inRing((found) => call('uringRegister', found, 8, new ArrayBuffer(4096), 200)),
    {
      'io_uring_register#2': 'absorbed',
    },
  );
  // Where the operations cannot be ended, their memory stays mapped.
  drive(
    'uringClose',
    () => {
      const found = open();
      return () => call('uringClose', found);
    },
    KEPT,
  );
}

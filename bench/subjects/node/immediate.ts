/** wakeup: no wait for the descriptor at all, but one turn of Node's loop: the floor. */
import { measureWakeup, readByte } from '../wakeup.js';

await measureWakeup(() => new Promise((resolve) => setImmediate(resolve)), readByte);

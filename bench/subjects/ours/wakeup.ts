/** wakeup: `selectAsync`. */
import { EpollSelector, EVENT_READ } from 'fd-selectors';
import { measureWakeup, readByte, reader } from '../wakeup.js';

const sel = new EpollSelector();
sel.register(reader, EVENT_READ);
await measureWakeup(() => sel.selectAsync(), readByte);

/** memory: what the process grows by, per descriptor registered. */
import { EVENT_READ } from 'fd-selectors';
import { grown } from '../memory.js';
import { openPairs } from '../pairs.js';
import { fds } from '../workload.js';
import { checkNameable, openSelector } from './open.js';

const { readers } = openPairs(fds);
checkNameable(readers);
const sel = openSelector<undefined>();
sel.register(readers[0] as (typeof readers)[0], EVENT_READ);
sel.select(0);

grown(() => {
  for (const reader of readers.slice(1)) sel.register(reader, EVENT_READ);
  sel.select(0);
});

/** memory: what the process grows by, per descriptor registered. */
import { EVENT_READ } from 'fd-selectors';
import { grown } from '../memory.js';
import { openPairs } from '../pairs.js';
import { fds } from '../workload.js';
import { checkNameable, openSelector } from './open.js';

const { readers } = openPairs(fds);
checkNameable(readers);

grown(() => {
  const sel = openSelector<undefined>();
  for (const reader of readers) sel.register(reader, EVENT_READ);
  sel.select(0);
  return sel;
});

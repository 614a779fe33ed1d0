/**
 * The server models side by side: 10, 100 and 1,000 clients at once, in under a minute
 *
 * Every model answers the same client: it connects, sends a line, receives the answer, closes, and starts over.
 * *First byte* is the time from connect() to the answer: the median and the longest. *CPU* is the time that the
 * server spends on an answer, in all its threads and processes. Clients and server share all cores.
 *
 * The idea to look for: with ten clients, every model answers. With a thousand, those that spend a process
 * or a thread on each client leave most of them waiting, and the event-driven ones hardly notice.
 * Here a request takes almost no work. How the models compare with much work per request is another
 * question; that is where pools pay off.
 *
 * Order: 37
 */

import { descriptorLimit, PER_WORKER, requireDescriptors, SPARE } from '../support/limits.js';
import { hold, load, MODELS, start } from '../support/modelrun.js';
import { bars, type Figures, heading, tableRow } from '../support/modeltable.js';
import { integer, parseOptions, seconds } from '../support/options.js';
import { line } from '../support/progress.js';

/** Seconds after which no other model is begun. */
const LONGEST = 45;

const values = parseOptions({
  clients: { type: 'string', default: '10,100,1000' },
  seconds: { type: 'string', default: '0.6' },
});
const window = seconds('seconds', values.seconds, 0.05, 10);
const limit = descriptorLimit();
requireDescriptors(8 * PER_WORKER); // Of the pool of workers.
const levels = values.clients.split(',').map((text) => integer('clients', text, 1, 5000));
const possible = levels.filter((clients) => clients <= limit - SPARE);
if (possible.length < levels.length) {
  line(
    `the limit of ${limit} open descriptors is too low for ${levels.at(-1)} clients; raise it with ulimit -n\n`,
  );
}

const figures: Figures[] = [];
const end = performance.now() + 1e3 * LONGEST;
heading();
for (const model of MODELS) {
  if (performance.now() > end) {
    line(`${model.name}: not measured, the machine is too busy`);
    continue;
  }
  let server = await start(model);
  const memory = await hold(server, Math.min(model.hold, limit - SPARE));
  for (const [i, clients] of possible.entries()) {
    if (model.lags && i > 0) {
      await server.stop();
      server = await start(model);
    }
    const { seen, cpu } = await load(server, clients, window);
    figures.push({ model: model.name, clients, memory, seen, cpu });
    tableRow(figures.at(-1)!);
  }
  await server.stop();
}
bars(figures, possible);

/** A run with chosen figures. */
import { FORMAT, type Measurement, type Recording, type Results } from '../../bench/results.js';
import { subjects } from '../../bench/subjects.js';

/** A measurement with one figure, on a quiet machine unless told otherwise. */
export function measured(
  trial: Measurement['trial'],
  workload: Measurement['workload'],
  subject: string,
  figures: Record<string, number>,
  more: Partial<Measurement> = {},
): Measurement {
  const spread = Object.entries(figures).map(([name, median]) => [
    name,
    { median, min: median * 0.9, max: median * 1.2 },
  ]);
  return {
    ...{ trial, workload, subject, foreign: 0, slowdown: 1 },
    figures: Object.fromEntries(spread),
    ...more,
  };
}

/** One subject on the chain, with `active` pairs of `fds`. */
export function chained(
  subject: string,
  fds: number,
  ns: number,
  more: Partial<Measurement> = {},
  active = 100,
): Measurement {
  return measured('chain', { activity: `${active}`, fds, active, writes: 1000 }, subject, { ns }, more);
}

export const SKIPPED = { figures: {}, skipped: 'select takes descriptors below 1024' };

/** A run that found these. */
export function resultsOf(measurements: readonly Measurement[], recording: Partial<Recording> = {}): Results {
  const names = new Set(measurements.map(({ subject }) => subject));
  return {
    format: FORMAT,
    recording: {
      command: 'npm run bench',
      date: '2026-01-02',
      commit: '0123456789ab',
      modified: false,
      seconds: 184,
      rounds: 3,
      partial: false,
      interrupted: false,
      ...recording,
    },
    machine: {
      kernel: 'Linux 6.1',
      cpu: 'A <fast> CPU',
      cores: 2,
      memory: '8 GiB',
      load: 0.1,
      node: '20.19.0',
      version: '1.2.3',
    },
    participants: subjects
      .filter(({ name }) => names.has(name))
      .map(({ name, label }) => ({ name, label, version: 'one' })),
    absent: [
      { name: 'libev', why: 'no library' },
      { name: 'gevent', why: 'no module' },
      { name: 'libuv', why: 'no library' },
    ],
    measurements,
  };
}

/** All lines of the chart of echo. */
const SERVERS = [
  ...['ours-epoll', 'c-epoll', 'cpython-epoll', 'node-net', 'ours-batch', 'ours-ring', 'c-uring'],
  ...['uvloop', 'asyncio', 'gevent'],
];

/** A headline run: what the summary, the charts and the documents need. */
export function headline(): Results {
  const calls = ['select', 'poll', 'epoll'] as const;
  const whose = [
    ['ours', 1.1],
    ['c', 1],
    ['cpython', 1.5],
  ] as const;
  const loops = calls.flatMap((call) =>
    whose.flatMap(([who, factor]) =>
      [10, 1000, 8000].flatMap((fds) => {
        const subject = `${who}-${call}`;
        const more = call === 'select' && fds > 1000 ? SKIPPED : {};
        const ns = factor * (call === 'epoll' ? 2000 : 2000 + 90 * fds);
        const idle = { readiness: '0', fds, ready: 0 };
        return [chained(subject, fds, ns, more, 1), measured('idle', idle, subject, { ns }, more)];
      }),
    ),
  );
  const servers = SERVERS.flatMap((subject, i) =>
    [
      { bytes: 64, connections: 1 },
      { bytes: 64, connections: 100 },
      { bytes: 16384, connections: 100 },
    ].map((workload) =>
      measured('echo', workload, subject, { cpu: 4000 + 1000 * i, requests: 9e4 / (i + 1) }),
    ),
  );
  const busy = ['ours-epoll', 'ours-ring', 'c-epoll', 'c-uring'].map((subject, i) =>
    chained(subject, 1000, 1500 + 100 * i),
  );
  return resultsOf([...loops, ...busy, ...servers]);
}

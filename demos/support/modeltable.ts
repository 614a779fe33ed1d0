/** What `servers/compare` prints. */
import type { Seen } from './lineload.js';
import { line } from './progress.js';

const COLUMNS = 40;

/** One model under one load. */
export interface Figures {
  readonly model: string;
  readonly clients: number;
  /** KiB for each connection that is open. */
  readonly memory: number;
  readonly seen: Seen;
  /** Milliseconds of CPU time that the server used. */
  readonly cpu: number;
}

const show = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });

export function heading(): void {
  line(
    '                              answers     CPU ms     first byte, ms     never      closed      KiB per',
  );
  line(
    'model                clients  per sec. per answer  median   longest  answered  unanswered  connection',
  );
}

export function tableRow({ model, clients, memory, seen, cpu }: Figures): void {
  const each = cpu / seen.answers;
  const cells = [
    [show(clients), 7],
    [show(seen.answers / seen.seconds), 10],
    [seen.answers > 0 ? show(each, each < 10 ? 3 : 0) : '-', 11],
    [show(seen.median, 1), 8],
    [show(seen.longest, 1), 10],
    [show(seen.waiting), 10],
    [show(seen.refused), 12],
    [show(memory), 12],
  ] as const;
  line(model.padEnd(21) + cells.map(([text, width]) => text.padStart(width)).join(''));
}

/** The answers per second of all models as bars, a block for each load. */
export function bars(figures: readonly Figures[], levels: readonly number[]): void {
  for (const level of levels) {
    const block = figures.filter(({ clients }) => clients === level);
    const most = Math.max(...block.map(({ seen }) => seen.answers / seen.seconds));
    line(`\nanswers per second, ${show(level)} clients at once`);
    for (const { model, seen } of block) {
      const rate = seen.answers / seen.seconds;
      const length = Math.round((COLUMNS * rate) / most);
      const left = seen.waiting + seen.refused;
      const remark = left > 0 ? `, ${show(left)} client${left > 1 ? 's' : ''} without an answer` : '';
      line(`${model.padEnd(21)} ${'█'.repeat(length) || '▏'} ${show(rate)}${remark}`);
    }
  }
}

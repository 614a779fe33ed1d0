/** Writes the report into a folder: index.html, and each chart as a file of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../results.js';
import { chart } from './chart.js';
import { chartsOf } from './charts.js';
import { page } from './page.js';

/** Writes `index.html` and the charts; what else is in the folder stays. */
export function writeReport(results: Results, dir: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'index.html'), page(results));
  for (const { name, spec } of chartsOf(results)) writeFileSync(join(dir, `${name}.svg`), `${chart(spec)}\n`);
}

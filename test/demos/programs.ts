/** The programs of the course, as the tests find them: without the code that is tested. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the sources. */
export const demos = fileURLToPath(new URL('../../demos', import.meta.url));

/** The name of every program, in reading order: those whose first comment says their place in the course. */
export const names: readonly string[] = readdirSync(demos, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('support/'))
  .map((file) => ({ name: file.replace('.ts', ''), text: readFileSync(`${demos}/${file}`, 'utf8') }))
  .map(({ name, text }) => ({ name, order: Number(/^ \* Order: (\d+)$/m.exec(text)?.[1]) }))
  .filter(({ order }) => order > 0)
  .sort((a, b) => a.order - b.order)
  .map(({ name }) => name);

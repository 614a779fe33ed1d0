/** The report as a text for people. */
import type { Paint } from './color.js';
import type { Finding, Report, Section, State } from './report.js';

const MARKS: Readonly<Record<State, string>> = { ok: '✓', note: '!', bad: '✗' };

function line({ name, state, text }: Finding, width: number, paint: Paint): string {
  const indent = `\n${' '.repeat(width + 6)}`;
  return `  ${paint(state, MARKS[state])} ${name.padEnd(width)}  ${text.replaceAll('\n', indent)}`;
}

function paragraph({ title, findings }: Section, paint: Paint): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return [paint('bold', title), ...findings.map((one) => line(one, width, paint))].join('\n');
}

/** Headings, and a line for each finding: ✓ as it should be, ! limited, ✗ needs you. */
export function print({ version, sections }: Report, paint: Paint): string {
  const head = paint('bold', `fd-selectors ${version}`);
  const count = (wanted: State) =>
    sections.flatMap(({ findings }) => findings).filter(({ state }) => state === wanted).length;
  const [bads, notes] = [count('bad'), count('note')];
  const verdict =
    bads > 0
      ? paint('bad', `${bads} of these need${bads === 1 ? 's' : ''} you.`)
      : paint('ok', notes === 0 ? 'Everything works.' : 'The package works; ! marks what is limited here.');
  return [head, ...sections.map((section) => paragraph(section, paint)), verdict].join('\n\n');
}

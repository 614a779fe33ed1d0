/** The examples of the documents and of the doc comments: where they stand, and how they end. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface Example {
  /** The path of the file from the root of the project. */
  readonly file: string;
  /** The line on which the code begins. */
  readonly line: number;
  /** What follows the three backticks: `ts` for what runs, `ts fragment` for what does not. */
  readonly info: string;
  readonly code: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The blocks of TypeScript in a text: a document, or the doc comments of a source. */
function blocksOf(file: string): Example[] {
  const text = readFileSync(join(root, file), 'utf8');
  const fence = /^([ \t]*(?:\* )?)```(ts\b.*)\n([\s\S]*?)^[ \t]*(?:\* )?```$/gm;
  return [...text.matchAll(fence)].map(([, margin, info, code = ''], i, all) => {
    const before = text.slice(0, (all[i] as RegExpExecArray).index).split('\n').length;
    const lines = code.split('\n').map((line) => line.slice(Math.min(margin?.length ?? 0, line.length)));
    return { file, line: before + 1, info: info as string, code: lines.join('\n') };
  });
}

/** All blocks of the README, the documents and the doc comments. */
export function findExamples(): Example[] {
  const documents = ts.sys.readDirectory(root, ['.md'], undefined, ['*.md', 'docs/**/*.md']);
  const sources = ts.sys.readDirectory(join(root, 'src'), ['.ts']);
  return [...documents, ...sources].flatMap((file) => blocksOf(relative(root, file)));
}

/** Imports one module after the other; says of each how it ended. */
const RUNNER = `
for (const file of process.argv.slice(2)) {
  let failure = '';
  try { await import(file); } catch (error) { failure = String(error?.stack ?? error); }
  console.log('\\nEND ' + JSON.stringify([file, failure]));
}
process.exit();
`;

function compiled({ code }: Example): string {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const scope = /\bimport assert\b/.test(code) ? '' : `import assert from 'node:assert/strict'; `;
  return ts.transpileModule(scope + code, { compilerOptions: options }).outputText;
}

/** Runs modules in a process of their own; gives the output for those that did not come to an end. */
function runFiles(runner: string, files: readonly string[]): Promise<Map<string, string>> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [runner, ...files],
      { timeout: 30_000, cwd: root },
      (_error, stdout, stderr) => {
        const ends = [...stdout.matchAll(/^END (.*)$/gm)].map(([, json]) => JSON.parse(json as string));
        const failures = new Map<string, string>(ends);
        for (const file of files) {
          if (!failures.has(file)) failures.set(file, `it did not come to an end\n${stdout}${stderr}`);
        }
        resolve(failures);
      },
    );
  });
}

/** How each example fails, in their order; the empty string where it does not. */
export async function runExamples(examples: readonly Example[]): Promise<string[]> {
  // Inside the project, where its own name leads to dist/.
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/examples-'));
  try {
    const runner = join(folder, 'runner.mjs');
    writeFileSync(runner, RUNNER);
    const files = examples.map((_, i) => join(folder, `example${i}.mjs`));
    for (const [i, file] of files.entries()) writeFileSync(file, compiled(examples[i] as Example));
    const batches = new Map<string, string[]>();
    for (const [i, { file }] of examples.entries()) {
      batches.set(file, [...(batches.get(file) ?? []), files[i] as string]);
    }
    const ends = await Promise.all([...batches.values()].map((batch) => runFiles(runner, batch)));
    const failures = new Map(ends.flatMap((end) => [...end]));
    return files.map((file) => failures.get(file) as string);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

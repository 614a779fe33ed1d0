/** The examples in the documents and in the doc comments: where they are, whether they compile, how they end. */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { LIMIT } from './limit.js';

export interface Example {
  /** The path of the file from the root of the project. */
  readonly file: string;
  /** The line on which the code begins. */
  readonly line: number;
  /** What follows the three backticks: `ts` runs and ends, `ts server` serves until it is killed, `ts fragment` is not run. */
  readonly info: string;
  readonly code: string;
}

/** Processes that run examples at the same time: most of them wait for their start, few for anything else. */
const AT_ONCE = 4;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The blocks of TypeScript in a file: a document, or a source with doc comments. */
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
  const documents = ts.sys
    .readDirectory(root, ['.md'], undefined, ['*.md', 'docs/**/*.md'])
    // The examples of a translation are those of the original: test/repository.test.ts.
    .filter((file) => !file.endsWith('.zh-CN.md'));
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

/** An example as a module: doc comments leave out the import of `assert`. */
function moduleOf({ code }: Example): string {
  const scope = /\bimport assert\b/.test(code) ? '' : `import assert from 'node:assert/strict'; `;
  return scope + code;
}

function compiled(example: Example): string {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(moduleOf(example), { compilerOptions: options }).outputText;
}

/** What the compiler has to say about each example under the project's own settings, in their order. */
export function checkExamples(examples: readonly Example[]): string[] {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, host);
  if (config === undefined) throw new Error('tsconfig.json cannot be read');
  const modules = new Map(
    examples.map((example, i) => [join(root, `build/example${i}.mts`), moduleOf(example)]),
  );
  const compiler = ts.createCompilerHost(config.options);
  const { fileExists, readFile } = compiler;
  compiler.fileExists = (file) => modules.has(file) || fileExists(file);
  compiler.readFile = (file) => modules.get(file) ?? readFile(file);
  const program = ts.createProgram([...modules.keys()], config.options, compiler);
  return [...modules.keys()].map((file) => {
    const source = program.getSourceFile(file);
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n');
  });
}

/** Runs modules in a process of their own; gives the output of those that did not end. */
function runFiles(cwd: string, runner: string, files: readonly string[]): Promise<Map<string, string>> {
  return new Promise((resolve) => {
    execFile(process.execPath, [runner, ...files], { timeout: LIMIT, cwd }, (_error, stdout, stderr) => {
      const ends = [...stdout.matchAll(/^END (.*)$/gm)].map(([, json]) => JSON.parse(json as string));
      const failures = new Map<string, string>(ends);
      for (const file of files) {
        if (!failures.has(file)) failures.set(file, `it did not end\n${stdout}${stderr}`);
      }
      resolve(failures);
    });
  });
}

/** Calls back with a folder inside the project, where the project's own name leads to dist/. */
async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/examples-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a server example, calls back with the port that it prints, and kills it afterwards. */
export function serveExample<T>(example: Example, use: (port: number) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const file = join(folder, 'server.mjs');
    writeFileSync(file, compiled(example));
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'], timeout: LIMIT });
    try {
      let printed = '';
      for await (const data of child.stdout) {
        printed += data;
        const port = /^listening on .*?(\d+) \]\n/.exec(printed)?.[1];
        if (port !== undefined) return await use(Number(port));
      }
      throw new Error(`the server ended, having printed: ${printed}`);
    } finally {
      child.kill();
    }
  });
}

/** How each example fails, in their order; the empty string where it does not. */
export function runExamples(examples: readonly Example[]): Promise<string[]> {
  return inFolder(async (folder) => {
    const runner = join(folder, 'runner.mjs');
    writeFileSync(runner, RUNNER);
    const files = examples.map((_, i) => join(folder, `example${i}.mjs`));
    for (const [i, file] of files.entries()) writeFileSync(file, compiled(examples[i] as Example));
    const batches = new Map<string, string[]>();
    for (const [i, { file }] of examples.entries()) {
      batches.set(file, [...(batches.get(file) ?? []), files[i] as string]);
    }
    const failures = new Map<string, string>();
    const waiting = [...batches.values()];
    const runSome = async (): Promise<void> => {
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
        for (const [file, failure] of await runFiles(folder, runner, batch)) failures.set(file, failure);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, runSome));
    return files.map((file) => failures.get(file) as string);
  });
}

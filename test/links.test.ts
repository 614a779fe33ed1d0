/** Every relative link in the documents leads to a file, and every anchor to a heading. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { anchorsIn, deadLinks, linksIn } from './support/links.js';
import { tempdir } from './support/tempdir.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const documents = ts.sys
  .readDirectory(root, ['.md'], ['**/node_modules', 'build*', 'dist', 'coverage'])
  .map((file) => relative(root, file));

describe('links', () => {
  it.each(documents)('%s has no dead ones', (file) => {
    expect(deadLinks(root, file)).toEqual([]);
  });

  it('are looked for in the documents', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/recipes.md']));
    expect(documents.filter((file) => /node_modules|^build/.test(file))).toEqual([]);
  });
});

describe('a dead link', () => {
  it('is found: to a file, a heading, an image, or out of the project', () => {
    using dir = tempdir();
    mkdirSync(dir.join('docs'));
    writeFileSync(dir.join('docs/b.md'), '# One thing\n\n## One thing\n\n```\n# no heading\n```\n');
    const links = [
      '[a](docs/b.md#one-thing-1) ![b](docs/none.svg) [c](docs/b.md#no-heading) [d](../docs/b.md)',
      '[e](#here) [f](#there) <img src="none.png"> [g](https://example.org/none) `[h](none.md)`',
    ];
    writeFileSync(dir.join('a.md'), `# Here\n\n${links.join('\n')}\n`);
    const dead = ['docs/none.svg', 'docs/b.md#no-heading', '../docs/b.md', '#there', 'none.png'];
    expect(deadLinks(dir.path, 'a.md')).toEqual(dead);
  });

  it('is not mistaken for code, nor a heading for its anchor', () => {
    expect(linksIn('```ts\nconst a = b[0](c);\n```\n[d](e.md "title")')).toEqual(['e.md']);
    expect([...anchorsIn("## A child's `select()` [here](x.md)")]).toEqual(['a-childs-select-here']);
  });
});

/** The links in the documents, and where they lead. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const FENCE = /^( *)```.*\n[\s\S]*?^\1```$/gm;
const CODE = /`[^`\n]*`/g;
const TARGET = /\]\(<?([^)\s>]+)[^)]*\)|(?:href|src|srcset)="([^"\s]+)[^"]*"/g;

/** The targets of links and images, without those that lead to another site. */
export function linksIn(markdown: string): string[] {
  const prose = markdown.replace(FENCE, '').replace(CODE, '');
  const targets = [...prose.matchAll(TARGET)].map(([, link, attribute]) => (link ?? attribute) as string);
  return targets.filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/** The anchors that GitHub gives the headings of a document. */
export function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of markdown.replace(FENCE, '').matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const text = (heading as string).replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The links of a document that lead nowhere: no such file below the root, or no such heading in it. */
export function deadLinks(root: string, file: string): string[] {
  return linksIn(readFileSync(join(root, file), 'utf8')).filter((target) => {
    const [path = '', anchor] = target.split('#');
    const found = path === '' ? file : normalize(join(dirname(file), decodeURI(path)));
    if (found.startsWith('..') || !existsSync(join(root, found))) return true;
    if (anchor === undefined || !found.endsWith('.md')) return false;
    return !anchorsIn(readFileSync(join(root, found), 'utf8')).has(decodeURI(anchor));
  });
}

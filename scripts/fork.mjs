/**
 * Gives a fork its own place in package.json, where nothing else has to change:
 *
 *     npm run fork -- OWNER/NAME [AUTHOR]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [place = '', author] = process.argv.slice(2);
if (!/^[\w.-]+\/[\w.-]+$/.test(place)) {
  console.error('usage: npm run fork -- OWNER/NAME [AUTHOR]');
  process.exit(2);
}
const file = fileURLToPath(new URL('../package.json', import.meta.url));
const manifest = JSON.parse(readFileSync(file, 'utf8'));
const url = `https://github.com/${place}`;
manifest.homepage = `${url}#readme`;
manifest.bugs = `${url}/issues`;
manifest.repository.url = `git+${url}.git`;
if (author !== undefined) manifest.author = author;
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`homepage, bugs and repository are at ${url}`);

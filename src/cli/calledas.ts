/** How the user called this program, so that a usage line can be typed as it stands. */
import { basename, relative, sep } from 'node:path';

const NAME = 'fd-selectors';

/**
 * Returns the words that were typed before the arguments: `npx fd-selectors demo`, or `npm run demo --`.
 *
 * @param command - the subcommand; without it, the program itself.
 */
export function calledAs(
  command?: string,
  env: NodeJS.ProcessEnv = process.env,
  script = process.argv[1] ?? '',
  cwd = process.cwd(),
): string {
  // npm sets these for all that it starts, and a script of another package may start us.
  const { npm_package_name: owner, npm_lifecycle_event: event } = env;
  if (command !== undefined && owner === NAME && event === command) return `npm run ${command} --`;
  const suffix = command === undefined ? '' : ` ${command}`;
  // Where npx finds what is installed, and where it puts what is not.
  if (script.includes(`${sep}node_modules${sep}`)) return `npx ${NAME}${suffix}`;
  if (basename(script) === NAME) return `${NAME}${suffix}`;
  return `node ${relative(cwd, script)}${suffix}`;
}

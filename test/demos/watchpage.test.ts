/** The page of the demo watch in a browser. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LIMIT } from '../support/limit.js';
import { interrupted } from './fixture.js';
import { DemoServer } from './process.js';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const isThere = existsSync(CHROMIUM);
if (!isThere) console.warn(`${CHROMIUM} is not there: the tests of the page are skipped`);

/** Opens the page; what goes wrong on it is a failure at the end of the test. */
async function open(browser: Browser, server: DemoServer, options: object = {}): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(LIMIT);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => wrong.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('requestfailed', (request) => wrong.push(`failed: ${request.url()}`));
  onTestFinished(async () => {
    const said = [...wrong]; // To close the page ends its events, which is a failed request.
    await context.close();
    expect(said).toEqual([]);
  });
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await page.waitForSelector('#tiles .lit', { state: 'attached' });
  return page;
}

/** Moves a slider as a visitor does who drags it. */
async function slide(page: Page, id: string, value: number): Promise<void> {
  await page.locator(`#${id}`).fill(String(value));
}

async function isShown(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector, { hasText: text }).waitFor();
}

describe.skipIf(!isThere)('the page of watch', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS, timeout: LIMIT });
  });
  afterAll(() => browser.close());

  it('draws a tile for each descriptor, and each active one lights up in turn', async () => {
    const page = await open(browser, await DemoServer.start('watch'));
    expect(await page.locator('#tiles i').count()).toBe(212);
    expect(await page.locator('#tiles .active').count()).toBe(12);
    for (const place of [1, 2, 3, 12]) await page.waitForSelector(`#tiles i:nth-child(${place}).lit`);
    expect(await page.locator('#tiles .lit:not(.active)').count()).toBe(0);
    await page.waitForSelector('#tiles i:nth-child(1):not(.lit)');
    await isShown(page, '#calls', ' 4 ready: ');
    await isShown(page, '#median', 'µs');
  });

  it('shows the system call that is chosen, by mouse and by keyboard', async () => {
    const page = await open(browser, await DemoServer.start('watch'));
    await page.getByLabel('poll', { exact: true }).click();
    await isShown(page, '#name', 'poll()');
    await isShown(page, '#status', 'poll() takes ');
    await page.getByLabel('poll', { exact: true }).press('ArrowLeft');
    await isShown(page, '#name', 'select()');
    await isShown(page, '#notes', 'select() can only watch descriptors below FD_SETSIZE, 1024');
    await page.waitForSelector('#tiles .lit');
    await page.getByLabel('select', { exact: true }).press('ArrowLeft');
    await isShown(page, '#name', 'epoll_wait()');
    await page.waitForSelector('#notes:empty', { state: 'attached' });
  });

  it('has as many connections as the sliders say, and says which are beyond the reach of select', async () => {
    const page = await open(browser, await DemoServer.start('watch'));
    await slide(page, 'active', 3);
    await slide(page, 'idle', 550);
    await isShown(page, '#watched', '553');
    expect(await page.locator('#tiles i').count()).toBe(553);
    expect(await page.locator('#tiles .active').count()).toBe(3);
    await page.getByLabel('select', { exact: true }).click();
    await isShown(page, '#notes', 'connections are beyond its reach');
    expect(await page.locator('#tiles .beyond').count()).toBeGreaterThan(0);
    await slide(page, 'idle', 5000);
    await isShown(page, '#more', '… and 4,403 more, all idle.');
    await page.locator('#active').press('ArrowRight');
    await isShown(page, '#active-count', '4');
    await page.waitForSelector('#tiles .active:nth-child(4)');
  });

  it('shows another visitor what one has chosen', async () => {
    const server = await DemoServer.start('watch');
    const one = await open(browser, server);
    const other = await open(browser, server);
    await slide(one, 'idle', 40);
    await one.getByLabel('poll', { exact: true }).click();
    await isShown(other, '#name', 'poll()');
    await isShown(other, '#idle-count', '40');
    expect(await other.getByLabel('poll', { exact: true }).isChecked()).toBe(true);
  });

  it('measures all three, and goes back to what was chosen', async () => {
    const page = await open(browser, await DemoServer.start('watch'));
    await page.getByRole('button', { name: 'Measure all three' }).click();
    await page.getByRole('button', { name: 'Stop measuring' }).waitFor();
    await page.getByRole('button', { name: 'Measure all three' }).waitFor();
    await isShown(page, '#watched', '212');
    // Five for each, and the one that was chosen.
    expect(await page.locator('#chart circle').count()).toBeGreaterThanOrEqual(15);
    // In one call: with every event the page puts new rows in the place of the old ones, which a locator may still hold.
    const rows: string[] = await page.evaluate(
      "[...document.querySelectorAll('#last tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join(' '))",
    );
    expect(rows.map((row) => row.split(' ')[0])).toEqual(['select', 'poll', 'epoll']);
    expect(rows[1]).toMatch(/ 5,012 12 [\d.]+ (µs|ms)$/);
  });

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('fits %i pixels, %s', async (width, colorScheme) => {
    const server = await DemoServer.start('watch');
    const page = await open(browser, server, { viewport: { width, height: 800 }, colorScheme });
    await slide(page, 'active', 50);
    await slide(page, 'idle', 1000);
    await page.getByLabel('select', { exact: true }).click();
    await isShown(page, '#notes', 'beyond its reach');
    await page.waitForSelector('#chart circle');
    const measured = 'document.documentElement.scrollWidth';
    expect(await page.evaluate(measured)).toBeLessThanOrEqual(width);
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(247, 247, 245)');
  });

  it('says when the server has ended', async () => {
    const server = await DemoServer.start('watch');
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    context.setDefaultTimeout(LIMIT);
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.waitForSelector('#tiles .lit');
    await interrupted(server);
    await isShown(page, '#status', 'The server has ended, or cannot be reached.');
  });
});

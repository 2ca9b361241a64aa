/**
 * Walks through the explorer in Chromium and prints what was seen, as JSON, for tests/e2e/test_explorer.py to judge.
 *
 *   node test/explorer.mjs http://127.0.0.1:8000
 *
 * CHROMIUM names the browser; /usr/bin/chromium if unset.
 */
import { chromium } from 'playwright-core';

const server = new URL(process.argv[2]);
const seen = { requests: [], console: [], violations: [], tokens: [], storage: '' };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: [
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    // What is not this server does not exist.
    `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${server.hostname}`,
  ],
});
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(30_000);
  watch(page);
  await walk(page);
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));

function watch(page) {
  page.on('request', (request) => seen.requests.push(request.url()));
  page.on('pageerror', (error) => seen.console.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.console.push(message.text());
  });
  page.on('response', async (response) => {
    if (response.url().endsWith('/development/token')) seen.tokens.push((await response.json()).token);
  });
  page.addInitScript(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', (event) =>
      window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`),
    );
  });
}

async function walk(page) {
  const personas = await (await fetch(new URL('/development/personas', server))).json();
  const woman = personas.find(({ kind, patient }) => kind === 'citizen' && patient);
  const clinicians = personas.filter(({ kind, patient }) => kind === 'clinician' && patient);
  const hers = clinicians.find(({ patient }) => patient === woman.patient);
  const another = clinicians.find(({ patient }) => patient !== woman.patient);

  await page.goto(new URL('/explorer', server).href);
  seen.title = await page.title();
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  seen.heading = await page.getByRole('heading', { level: 1 }).innerText();
  seen.tabs = await page.locator('.graphiql-tab-button').allInnerTexts();

  await choose(page, woman);
  await openTab(page, 'MyCard');
  seen.ownCard = await run(page, 'MyCard');

  // Another kind of caller: another schema, and the answer to the last one is gone.
  const introspection = page.waitForResponse(
    (response) => response.request().postData()?.includes('IntrospectionQuery') ?? false,
  );
  await choose(page, hers);
  seen.ownFieldsAfterSwitch = (await (await introspection).text()).includes('"myCard"');
  seen.answerAfterSwitch = await text(page, 'response.json');
  await openTab(page, 'Card');
  seen.card = await run(page, 'Card');
  seen.patients = { expected: [hers.patient, another.patient], found: [await patient(page)] };
  await choose(page, another);
  await page.waitForFunction(
    ([number]) => window.__MONACO.editor.getModels().some((model) => model.getValue().includes(number)),
    [another.patient],
  );
  seen.patients.found.push(await patient(page));

  // An Authorization typed by hand goes before the chosen person's.
  const typed = await tokenOf(hers);
  await page.getByRole('button', { name: 'Headers' }).click();
  await type(page, 'request-headers.json', { Authorization: `Bearer ${typed}` });
  await page.waitForTimeout(500); // as long as it takes until the history would keep it
  const sent = page.waitForRequest((request) => request.url().endsWith('/graphql'));
  await run(page, 'Card');
  seen.typedHeaderWins = (await sent).headers().authorization === `Bearer ${typed}`;

  await page.waitForTimeout(1000); // GraphiQL writes its tabs to the browser's storage half a second late
  seen.storage = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  seen.violations = await page.evaluate(() => window.violations);
}

async function tokenOf({ name }) {
  const answer = await fetch(new URL('/development/token', server), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ persona: name }),
  });
  const { token } = await answer.json();
  seen.tokens.push(token);
  return token;
}

async function choose(page, { name }) {
  await page.getByLabel('Person').selectOption(name);
}

async function openTab(page, name) {
  await page.locator(`.graphiql-tab-button[title="${name}"]`).click();
  await page.waitForTimeout(500); // GraphiQL takes in the operation's name a tenth of a second late
}

async function run(page, operation) {
  const answered = page.waitForResponse(
    (response) => response.request().postData()?.includes(`"operationName":"${operation}"`) ?? false,
  );
  await page.getByRole('button', { name: /^Execute/ }).click();
  await answered;
  await page.waitForFunction(() =>
    window.__MONACO.editor.getModels().some((model) => model.uri.path.endsWith('response.json') && model.getValue()),
  );
  return JSON.parse(await text(page, 'response.json'));
}

async function patient(page) {
  return JSON.parse(await text(page, 'variables.json')).patient;
}

function type(page, file, value) {
  return page.evaluate(
    ([name, json]) => window.__MONACO.editor.getModels().find((model) => model.uri.path.endsWith(name)).setValue(json),
    [file, JSON.stringify(value)],
  );
}

/** What stands in one of GraphiQL's editors. */
function text(page, file) {
  return page.evaluate(
    (name) => window.__MONACO.editor.getModels().find((model) => model.uri.path.endsWith(name))?.getValue() ?? '',
    file,
  );
}

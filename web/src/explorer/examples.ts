/** The example tabs: `examples/*.graphql`, in the order of their file names. */

const files = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });

/** `# variables: {...}`, one line of JSON, is moved from the file to the variables editor. */
const VARIABLES = /^# variables: (.*)\n/m;

export function exampleTabs(patient: string | null) {
  return Object.keys(files)
    .sort()
    .map((path) => {
      const file = files[path] ?? '';
      const variables = JSON.parse(VARIABLES.exec(file)?.[1] ?? '{}') as Record<string, unknown>;
      if (/\$patient\b/.test(file)) variables.patient = patient ?? '';
      return {
        query: file.replace(VARIABLES, ''),
        variables: Object.keys(variables).length ? JSON.stringify(variables, null, 2) : null,
      };
    });
}

/** The name in a `# persona: kari-gp` line: who the operation was written for. */
export function writtenFor(query: string | null | undefined): string | null {
  return /^# persona: *([\w-]+)/m.exec(query ?? '')?.[1] ?? null;
}

/** Forgets the tabs GraphiQL keeps in the browser and starts again with the examples; the history stays. */
export function restoreExamples(): void {
  for (const key of ['tabState', 'query', 'variables']) localStorage.removeItem(`graphiql:${key}`);
  location.reload();
}

/** The people a developer may sign in as. They exist in the development profile only. */

export interface Persona {
  name: string;
  title: string;
  fullName?: string | null;
  /** Callers of one kind see one schema; another kind sees another. */
  kind: string;
  role: string;
  unit: string | null;
  /** The woman herself, or the one this person usually looks at. Always synthetic. */
  patient: string | null;
  purposes: string[];
}

/** `null` when the server offers no development sign-in. */
export async function loadPersonas(): Promise<Persona[] | null> {
  const answer = await fetch('/development/personas', { headers: { accept: 'application/json' } });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`/development/personas answered ${answer.status}.`);
  return (await answer.json()) as Persona[];
}

/** What the switcher shows. Titles alone are not unique: every woman has a midwife. */
export function label({ name, title, fullName }: Persona): string {
  return fullName ? `${name}: ${title}, ${fullName}` : `${name}: ${title}`;
}

/** Personas by kind, kinds in the order the server names them. */
export function byKind(personas: Persona[]): [kind: string, personas: Persona[]][] {
  const groups = new Map<string, Persona[]>();
  for (const persona of personas) {
    groups.set(persona.kind, [...(groups.get(persona.kind) ?? []), persona]);
  }
  return [...groups];
}

const REMEMBERED = 'helsekort:persona';

/** The persona chosen last time, else the first. Only the name is kept in the browser. */
export function initialPersona(personas: Persona[]): Persona | null {
  const name = localStorage.getItem(REMEMBERED);
  return personas.find((persona) => persona.name === name) ?? personas[0] ?? null;
}

export function rememberPersona(persona: Persona | null): void {
  localStorage.setItem(REMEMBERED, persona?.name ?? '');
}

import { byKind, label, type Persona } from './personas';
import { SignIn } from './signIn';

interface Props {
  personas: Persona[];
  signIn: SignIn | null;
  onChoose(signIn: SignIn | null): void;
  /** Why there is nobody to choose. */
  problem: string | null;
}

/** The line above GraphiQL: who asks, and for what purpose. */
export function Bar({ personas, signIn, onChoose, problem }: Props) {
  return (
    <header className="bar">
      <h1>
        Helsekort <span>explorer</span>
      </h1>
      {problem ? <p role="status">{problem}</p> : <PersonSwitcher {...{ personas, signIn, onChoose }} />}
      <p className="note">Synthetic women only</p>
    </header>
  );
}

function PersonSwitcher({ personas, signIn, onChoose }: Omit<Props, 'problem'>) {
  const choose = (name: string) => {
    const persona = personas.find((candidate) => candidate.name === name);
    onChoose(persona ? new SignIn(persona) : null);
  };
  return (
    <>
      <label>
        Person
        <select value={signIn?.persona.name ?? ''} onChange={(event) => choose(event.target.value)}>
          {byKind(personas).map(([kind, members]) => (
            <optgroup key={kind} label={kind.charAt(0).toUpperCase() + kind.slice(1)}>
              {members.map((persona) => (
                <option key={persona.name} value={persona.name}>
                  {label(persona)}
                </option>
              ))}
            </optgroup>
          ))}
          <option value="">Nobody: only what the Headers editor says</option>
        </select>
      </label>
      {signIn && signIn.persona.purposes.length > 1 && <PurposeSelect {...{ signIn, onChoose }} />}
    </>
  );
}

function PurposeSelect({ signIn, onChoose }: { signIn: SignIn; onChoose: Props['onChoose'] }) {
  return (
    <label>
      Purpose
      <select
        value={signIn.purpose ?? ''}
        onChange={(event) => onChoose(new SignIn(signIn.persona, event.target.value))}
      >
        {signIn.persona.purposes.map((purpose) => (
          <option key={purpose}>{purpose}</option>
        ))}
      </select>
    </label>
  );
}

import { type MonacoEditor, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

import { writtenFor } from './examples';
import type { SignIn } from './signIn';

interface Props {
  signIn: SignIn | null;
  /** Hears whom the operation in the open tab was written for. */
  onWrittenFor(name: string | null): void;
}

/** Lives inside GraphiQL and keeps it in step with the person chosen above it, without starting it anew. */
export function FollowPerson({ signIn, onWrittenFor }: Props) {
  useSchemaOf(signIn);
  useTabsOf(signIn);
  useWrappedLines();

  const name = useGraphiQL((state) => writtenFor(state.tabs[state.activeTabIndex]?.query));
  useEffect(() => onWrittenFor(name), [name, onWrittenFor]);
  return null;
}

/** Each kind of caller sees a schema of its own. */
function useSchemaOf(signIn: SignIn | null) {
  const { introspect } = useGraphiQLActions();
  const kind = signIn?.persona.kind ?? null;
  const shown = useRef(kind);
  useEffect(() => {
    if (shown.current === kind) return;
    shown.current = kind;
    void introspect();
  }, [kind, introspect]);
}

/** When a tab is seen by another person than last time, the old answer goes and `patient` follows. */
function useTabsOf(signIn: SignIn | null) {
  const { stop, updateActiveTabValues } = useGraphiQLActions();
  const { open, tabs, variables, response } = useGraphiQL((state) => ({
    open: state.tabs[state.activeTabIndex]?.id,
    tabs: state.tabs,
    variables: state.variableEditor,
    response: state.responseEditor,
  }));
  const lastSeen = useRef<Map<string, Seen>>(null);
  const patient = signIn?.persona.patient ?? null;

  useEffect(() => {
    lastSeen.current ??= new Map(tabs.map(({ id }) => [id, { signIn, patient }]));
    if (!open || !variables || !response) return;

    const seen = lastSeen.current.get(open) ?? { signIn, patient };
    lastSeen.current.set(open, { signIn, patient: patient ?? seen.patient });
    if (seen.signIn === signIn) return;

    stop();
    response.setValue('');
    if (patient !== null) replacePatient(variables, seen.patient ?? '', patient);
    updateActiveTabValues({ response: null, variables: variables.getValue() });
  }, [open, signIn, patient, variables, response, tabs, stop, updateActiveTabValues]);
}

/** The examples begin with a sentence or two. */
function useWrappedLines() {
  const editor = useGraphiQL((state) => state.queryEditor);
  useEffect(() => editor?.updateOptions({ wordWrap: 'on' }), [editor]);
}

interface Seen {
  signIn: SignIn | null;
  /** The number this tab would hold if nobody had typed another. */
  patient: string | null;
}

/** Only a value nobody has changed by hand; as an edit, so that it can be undone. */
function replacePatient(editor: MonacoEditor, from: string, to: string) {
  const model = editor.getModel();
  const found = model?.findMatches(`"patient"\\s*:\\s*"${from}"`, false, true, true, null, false) ?? [];
  editor.executeEdits(
    'person',
    found.map(({ range }) => ({ range, text: `"patient": "${to}"` })),
  );
}

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useCallback, useMemo, useRef, useState } from 'react';

import { Bar } from './Bar';
import { exampleTabs } from './examples';
import { createFetcher } from './fetcher';
import { FollowPerson } from './FollowPerson';
import { initialPersona, type Persona, rememberPersona } from './personas';
import { SignIn } from './signIn';
import { storage } from './storage';
import { TabTools } from './TabTools';

const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

interface Props {
  personas: Persona[];
  problem: string | null;
}

export function Explorer({ personas, problem }: Props) {
  const [signIn, setSignIn] = useState(() => {
    const persona = initialPersona(personas);
    return persona && new SignIn(persona);
  });
  const [audience, setAudience] = useState<string | null>(null);

  // GraphiQL keeps the fetcher it was given, so the fetcher looks here for who asks.
  const current = useRef(signIn);
  const choose = useCallback((next: SignIn | null) => {
    current.current = next;
    rememberPersona(next?.persona ?? null);
    setSignIn(next);
  }, []);
  const fetcher = useMemo(() => createFetcher(() => current.current), []);
  const tabs = useMemo(() => {
    const patients = [current.current?.persona, ...personas].map((persona) => persona?.patient);
    return exampleTabs(patients.find(Boolean) ?? null);
  }, [personas]);

  const suggestion = personas.find(({ name }) => name === audience && name !== signIn?.persona.name) ?? null;
  return (
    <>
      <Bar personas={personas} signIn={signIn} onChoose={choose} problem={problem} />
      <main>
        <GraphiQL
          fetcher={fetcher}
          defaultTabs={tabs}
          plugins={plugins}
          storage={storage}
          shouldPersistHeaders={false}
          defaultEditorToolsVisibility={problem ? 'headers' : 'variables'}
          forcedTheme="light"
        >
          <GraphiQL.Logo>
            <TabTools suggestion={suggestion} onChoose={(persona) => choose(new SignIn(persona))} />
          </GraphiQL.Logo>
          <FollowPerson signIn={signIn} onWrittenFor={setAudience} />
        </GraphiQL>
      </main>
    </>
  );
}

import 'graphiql/setup-workers/vite';
// 'graphiql/style.css' is these and half a megabyte of fonts; the system's own will do (see explorer.css).
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import '@graphiql/plugin-explorer/style.css';
import './explorer.css';

import { createRoot } from 'react-dom/client';

import { Explorer } from './Explorer';
import { loadPersonas, type Persona } from './personas';

const SIGN_IN_OFF = 'Sign-in is off on this server. Put your own Authorization in the Headers editor.';

let personas: Persona[] = [];
let problem: string | null = null;
try {
  const offered = await loadPersonas();
  if (offered?.length) personas = offered;
  else problem = SIGN_IN_OFF;
} catch (error) {
  problem = `The people to sign in as could not be loaded (${error instanceof Error ? error.message : String(error)})`;
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<Explorer personas={personas} problem={problem} />);

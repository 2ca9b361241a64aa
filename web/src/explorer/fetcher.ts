import type { GraphiQLProps } from 'graphiql';

import type { SignIn } from './signIn';

type Headers = Record<string, string>;

/** Sends operations as whoever `current` says. An Authorization typed in the Headers editor wins. */
export function createFetcher(current: () => SignIn | null): GraphiQLProps['fetcher'] {
  return async (operation, options) => {
    const typed: Headers = options?.headers ?? {};
    const asker = current();
    try {
      const answer = signsItself(typed) ? await post(operation, typed) : await postAs(asker, operation, typed);
      const result = await readJson(answer);
      if (current() !== asker) throw new Error('Another person was chosen before this answer came, so it is not shown.');
      return result;
    } catch (error) {
      // Thrown, GraphiQL would show it with its stack.
      return { errors: [{ message: error instanceof Error ? error.message : String(error) }] };
    }
  };
}

function signsItself(headers: Headers): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
}

/**
 * A token that is refused is fetched anew once: the server may have restarted with another key, and a professional's token
 * is for one patient, so that another patient takes another token.
 */
async function postAs(asker: SignIn | null, operation: object, headers: Headers): Promise<Response> {
  if (!asker) return post(operation, headers);
  const answer = await post(operation, { ...headers, authorization: `Bearer ${await asker.token()}` });
  if (answer.status !== 401 && !(await isForAnotherPatient(answer))) return answer;
  asker.forget();
  return post(operation, { ...headers, authorization: `Bearer ${await asker.token()}` });
}

async function isForAnotherPatient(answer: Response): Promise<boolean> {
  return answer.status === 403 && (await answer.clone().text()).includes('ATTEST_PATIENT_REUSE');
}

function post(operation: object, headers: Headers): Promise<Response> {
  return fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(operation),
  });
}

/** GraphQL errors come as JSON under any status; what is not JSON did not come from GraphQL. */
async function readJson(answer: Response): Promise<object> {
  const text = await answer.text();
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new Error(`The server answered ${answer.status}, not JSON.`);
  }
}

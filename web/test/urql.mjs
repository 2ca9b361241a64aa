/**
 * Asks with urql, over fetch alone, and prints what it understood, one line of JSON a result, for
 * tests/http/test_other_implementations.py to judge.
 *
 *   TOKEN=… node test/urql.mjs http://127.0.0.1:8000/graphql query|mutation|subscription DOCUMENT VARIABLES
 */
import { Client, fetchExchange } from '@urql/core';

const [url, kind, document, variables] = process.argv.slice(2);

const client = new Client({
  url,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetchSubscriptions: true,
  fetchOptions: { headers: { authorization: `Bearer ${process.env.TOKEN}` } },
});

const source = client[kind](document, JSON.parse(variables));
if (kind === 'subscription') {
  source.subscribe(print);
} else {
  print(await source.toPromise());
}

function print({ data, error, hasNext }) {
  const codes = error?.graphQLErrors.map(({ extensions }) => extensions.code);
  const network = error?.networkError && String(error.networkError);
  console.log(JSON.stringify({ data, codes, network, hasNext }));
}

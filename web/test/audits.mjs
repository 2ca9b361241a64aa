/**
 * Runs all audits of GraphQL over HTTP against a gateway and prints what each found, as JSON, for
 * tests/http/test_other_implementations.py to judge.
 *
 *   TOKEN=… node test/audits.mjs http://127.0.0.1:8000/graphql
 *
 * The audits know nothing of signing in: the token goes into each of their requests.
 */
import { auditServer } from 'graphql-http';

const authorization = `Bearer ${process.env.TOKEN}`;

const found = await auditServer({
  url: process.argv[2],
  fetchFn: (url, options = {}) => fetch(url, { ...options, headers: { ...options.headers, authorization } }),
});

console.log(JSON.stringify(found.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));

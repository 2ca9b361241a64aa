const OURS = /^graphiql:/;
const HISTORY = /^graphiql:(queries|favorites)$/;

/** The browser's storage for GraphiQL. Its history would keep typed headers, tokens among them; here it does not. */
export const storage = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) => localStorage.setItem(key, HISTORY.test(key) ? withoutHeaders(value) : value),
  removeItem: (key: string) => localStorage.removeItem(key),
  clear: () => stored().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return stored().length;
  },
};

function stored(): string[] {
  return Object.keys(localStorage).filter((key) => OURS.test(key));
}

function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value: unknown) => (key === 'headers' ? undefined : value));
}

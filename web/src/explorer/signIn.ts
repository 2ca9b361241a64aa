import type { Persona } from './personas';

interface Token {
  token: string;
  expiresAt: string;
}

const RENEW_BEFORE_MS = 30_000;

/** One person for one purpose, and the token that says so. The token never leaves memory. */
export class SignIn {
  #token: Promise<Token> | null = null;

  constructor(
    readonly persona: Persona,
    readonly purpose: string | null = persona.purposes[0] ?? null,
  ) {}

  async token(): Promise<string> {
    this.#token ??= this.#fetch();
    let token = await this.#token;
    if (Date.parse(token.expiresAt) - Date.now() < RENEW_BEFORE_MS) {
      this.#token = this.#fetch();
      token = await this.#token;
    }
    return token.token;
  }

  /** The server would not have it: it may have restarted with a new key. */
  forget(): void {
    this.#token = null;
  }

  async #fetch(): Promise<Token> {
    try {
      const answer = await fetch('/development/token', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ persona: this.persona.name, purpose: this.purpose }),
      });
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      return (await answer.json()) as Token;
    } catch (error) {
      this.forget();
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Could not sign in as ${this.persona.name}: ${reason}.`);
    }
  }
}

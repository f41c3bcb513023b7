import { createInterface } from "node:readline/promises";

/** What is said to the person, and what they are asked. */
export type Conversation = {
  readonly say: (line?: string) => void;
  /** Asks for a yes; `null` when nobody is there to give one. */
  readonly ask: (question: string) => Promise<boolean | null>;
};

/** Speaks with whoever is at the keyboard. Nothing that is secret passes, wherever it came from. */
export function openConversation(secrets: readonly string[]): Conversation {
  return {
    say: (line = "") => process.stdout.write(`${withoutSecrets(line, secrets)}\n`),
    ask: async (question) => {
      if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return null;
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return /^s(im)?$/i.test((await lines.question(`${question} [s/N] `)).trim());
      } finally {
        lines.close();
      }
    },
  };
}

/** The text with every secret taken out, such as one that an error message of the provider repeats. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, "•••"), text);
}

/**
 * People who all sign in at the same moment, in a process of their own: it is busy for a moment with sending five hundred
 * requests, and whoever measures in the same process would measure that.
 */
import { setTimeout } from "node:timers/promises";

/** Who they are, and where they sign in. */
export type Crowd = { readonly auth: string; readonly emails: readonly string[]; readonly password: string };
/** What became of them. */
export type CrowdOutcome = {
  readonly seconds: number;
  /** Signed in at once, of all. */
  readonly atOnce: number;
  /** How often one of them was told to come again. */
  readonly turnedAway: number;
  /** Answers that are neither. */
  readonly wrong: number;
};

process.once("message", (crowd: Crowd) => {
  void signInAll(crowd).then((outcome) => process.send?.(outcome));
});
process.send?.("here");

async function signInAll({ auth, emails, password }: Crowd): Promise<CrowdOutcome> {
  const beganMs = performance.now();
  const seen = { atOnce: 0, turnedAway: 0, wrong: 0 };
  await Promise.all(
    emails.map(async (username) => {
      for (let ask = 1; ; ask += 1) {
        const body = new URLSearchParams({ grant_type: "password", username, password });
        const answer = await fetch(`${auth}/token`, { method: "POST", body });
        await answer.arrayBuffer();
        if (answer.status !== 503) {
          if (answer.status !== 200) seen.wrong += 1;
          else if (ask === 1) seen.atOnce += 1;
          return;
        }
        seen.turnedAway += 1;
        await setTimeout(1_000 * Number(answer.headers.get("retry-after") ?? 1));
      }
    }),
  );
  return { seconds: (performance.now() - beganMs) / 1_000, ...seen };
}

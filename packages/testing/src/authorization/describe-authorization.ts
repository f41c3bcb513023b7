import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, type Guarded, type Someone } from "./ask-cell.ts";
import { CALLER_NAMES, type CallerName } from "./callers.ts";
import { badTokens, type Case, decisions, denials, differences, enrolments, type Inhabited } from "./cases.ts";
import { readMatrix } from "./matrix.ts";
import { noteRoutes } from "./noted-routes.ts";

export type { Guarded, Someone } from "./ask-cell.ts";

/**
 * The tests of one service's authorization matrix: the routes that run are the rows there are, each declares the access
 * written down, and every cell (row × caller, row × state of the token) is asked over HTTP.
 */
export function describeAuthorization(service: string, start: () => Promise<Guarded>): void {
  const matrix = readMatrix(service);
  let house: Inhabited;
  let routes: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const noted = await noteRoutes(start);
    ({ routes } = noted);
    house = await inhabit(noted.started);
  });
  afterAll(() => house.guarded.close());

  describe("the authorization matrix", () => {
    it("when the service is built, then every route has its row and declares its access, and every row its route", () => {
      expect(differences(matrix, routes)).toEqual([]);
    });

    const cases: readonly Case[] = [decisions, denials, badTokens, enrolments].flatMap((of) => of(matrix));
    it.each(cases)("$name", async ({ run }) => {
      expect(await run(house)).toEqual([]);
    });
  });
}

/** Lets everybody come to a service. */
export async function inhabit(guarded: Guarded): Promise<Inhabited> {
  const callers = new Map<CallerName, Someone>();
  for (const name of CALLER_NAMES) callers.set(name, await arrive(guarded, name));
  return {
    guarded,
    someone: (name) => {
      const found = callers.get(name);
      if (found === undefined) throw new Error(`${name} has not arrived`);
      return found;
    },
  };
}

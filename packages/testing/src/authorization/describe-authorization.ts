import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, type Guarded, type Someone } from "./ask-cell.ts";
import { CALLER_NAMES, type CallerName } from "./callers.ts";
import {
  badTokens,
  type Case,
  decisions,
  denials,
  differences,
  enrolments,
  filterGaps,
  type Inhabited,
} from "./cases.ts";
import { readMatrix } from "./matrix.ts";
import { type NotedRoutes, noteRoutes } from "./noted-routes.ts";

export type { Guarded, Someone } from "./ask-cell.ts";

/**
 * The tests of one service's authorization matrix: the routes that run are the rows there are, each declares the access
 * written down, and every cell (row × caller, row × state of the token) is asked over HTTP.
 */
export function describeAuthorization(service: string, start: () => Promise<Guarded>): void {
  const matrix = readMatrix(service);
  let house: Inhabited;
  let noted: NotedRoutes;

  beforeAll(async () => {
    const { started, ...what } = await noteRoutes(start);
    noted = what;
    house = await inhabit(started);
  });
  afterAll(() => house.guarded.close());

  describe("the authorization matrix", () => {
    it("when the service is built, then every route has its row and declares its access, and every row its route", () => {
      expect(differences(matrix, noted.routes)).toEqual([]);
    });

    it("when a list may be filtered by an id, then cells ask by it: by one's own and by another's", () => {
      expect(filterGaps(matrix, noted.filters)).toEqual([]);
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

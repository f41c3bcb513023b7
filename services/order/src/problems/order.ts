import type { ProblemCatalogue } from "@comanda/service-kit";

/** Refusals about orders. */
export const orderProblems = {} as const satisfies ProblemCatalogue;

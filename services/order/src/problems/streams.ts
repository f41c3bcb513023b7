import type { ProblemCatalogue } from "@comanda/service-kit";

/** Refusals about the live streams. */
export const streamProblems = {
  "too-many-streams": {
    status: 429,
    title: { pt: "Conexões ao vivo demais", en: "Too many live streams" },
    detail: {
      pt: "Feche outras telas de acompanhamento e tente de novo.",
      en: "Close other live views and try again.",
    },
  },
} as const satisfies ProblemCatalogue;

import type { FastifyRequest } from "fastify";
import type { AuditDetails } from "../entry.ts";

/**
 * Says of a list with personal data what it was asked for and whom it showed: by ids alone.
 * @param shown.about the person that was asked for by id, if one was
 * @param shown.filter the other words of the query; those that are `undefined` were not said
 */
export function noteShown(
  request: FastifyRequest,
  shown: {
    readonly items: readonly { readonly id: string }[];
    readonly about?: string | undefined;
    readonly filter?: { readonly [name: string]: string | undefined };
  },
): void {
  const { about, filter = {}, items } = shown;
  const asked: AuditDetails = Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  request.audit.add({
    ...(about === undefined ? {} : { target: { kind: "customers", id: about.toLowerCase() } }),
    details: { ...asked, ids: items.map(({ id }) => id) },
  });
}

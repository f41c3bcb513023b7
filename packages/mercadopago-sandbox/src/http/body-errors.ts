import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import type { Answer } from "../idempotency.ts";
import { classicRefusal, type Family, type OrderErrorCode, orderRefusal } from "./refusals.ts";

/** Words a body that breaks its schema as the family does. */
export const bodyRefusal = (family: Family, faults: FastifySchemaValidationError[]): Answer => {
  // The branch keyword of a schema adds nothing to the faults found inside it.
  const found = faults.filter((fault) => fault.keyword !== "if").map(describe);
  if (family === "orders") return orderBodyRefusal(found);
  return classicRefusal({
    status: 400,
    error: "bad_request",
    message: found[0]?.detail ?? "invalid parameters",
    cause: found.map(({ detail }) => ({ code: 1, description: detail })),
  });
};

type Found = { code: OrderErrorCode; detail: string };

const orderBodyRefusal = (found: Found[]): Answer => {
  const codes = [...new Set(found.map(({ code }) => code))];
  const errors = codes.map((code) => {
    const { body } = orderRefusal(
      code,
      found.filter((fault) => fault.code === code).map(({ detail }) => detail),
    );
    return body;
  });
  const merged = errors.flatMap((body) =>
    typeof body === "object" && body !== null && "errors" in body && Array.isArray(body.errors) ? body.errors : [],
  );
  return { status: 400, body: { errors: merged } };
};

const codeOfKeyword: Record<string, OrderErrorCode> = {
  required: "required_properties",
  additionalProperties: "unsupported_properties",
  type: "property_type",
  minItems: "minimum_items",
  maxItems: "maximum_items",
  minProperties: "minimum_properties",
};

const describe = (fault: FastifySchemaValidationError): Found => {
  const named = fault.params["missingProperty"] ?? fault.params["additionalProperty"];
  const path = fault.instancePath.replace(/\/(\d+)/g, "[$1]").replaceAll("/", ".");
  const words = fault.keyword === "pattern" ? "does not match pattern" : (fault.message ?? "is invalid");
  const detail = `'$${path}${typeof named === "string" ? `.${named}` : ""}' - ${words}`;
  return { code: codeOfKeyword[fault.keyword] ?? "property_value", detail };
};

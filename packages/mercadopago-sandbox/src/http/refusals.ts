import type { Answer } from "../idempotency.ts";

/** The two ways Mercado Pago words an error: the Orders API, and every older family. */
export type Family = "orders" | "classic";

/** Status of each code the Orders API may answer here. */
const orderStatuses = {
  json_syntax_error: 400,
  required_properties: 400,
  unsupported_properties: 400,
  minimum_properties: 400,
  property_type: 400,
  property_value: 400,
  maximum_items: 400,
  minimum_items: 400,
  invalid_path_param: 400,
  invalid_properties: 400,
  empty_required_header: 400,
  invalid_order_type: 400,
  invalid_order_mode_for_operation: 400,
  invalid_email_for_sandbox: 400,
  order_builder_without_transactions: 400,
  exceeded_number_of_transactions: 400,
  invalid_total_amount: 400,
  refund_amount_exceeds: 400,
  unauthorized: 401,
  forbidden_checking_terminal_owner: 403,
  order_not_found: 404,
  transaction_not_found: 404,
  resource_not_found: 404,
  cannot_refund_order: 409,
  cannot_capture_order: 409,
  cannot_cancel_order: 409,
  order_already_refunded: 409,
  order_already_canceled: 409,
  refund_in_progress: 409,
  operation_not_supported: 409,
  already_queued_order_for_terminal: 409,
  idempotency_key_already_used: 409,
  resource_locked: 423,
  too_many_requests: 429,
  internal_error: 500,
} as const;

/** A code of the Orders API. */
export type OrderErrorCode = keyof typeof orderStatuses;

const orderMessages: Partial<Record<OrderErrorCode, string>> = {
  property_value: "Invalid value for property",
  property_type: "Invalid type for property",
  required_properties: "Required properties are missing",
  unsupported_properties: "Unsupported properties were sent",
  empty_required_header: "A required header is empty",
  order_not_found: "Order not found",
  transaction_not_found: "Transaction not found",
  cannot_cancel_order: "The order cannot be canceled in its current status",
  order_already_canceled: "The order was already canceled",
  cannot_refund_order: "The order cannot be refunded in its current status",
  order_already_refunded: "The order was already refunded",
  already_queued_order_for_terminal: "There is already a queued order for the terminal",
  forbidden_checking_terminal_owner: "The terminal does not belong to the seller",
  refund_in_progress: "A refund of this order is already in progress",
  refund_amount_exceeds: "The refund amount exceeds the amount available",
  invalid_total_amount: "The total amount does not match the transactions",
  idempotency_key_already_used: "The idempotency key was already used with another request",
  resource_locked: "Another request with this idempotency key is in progress",
};

/** A refusal of the Orders API: `{errors: [{code, message, details?}]}`. */
export const orderRefusal = (code: OrderErrorCode, details?: string[]): Answer => ({
  status: orderStatuses[code],
  body: {
    errors: [{ code, message: orderMessages[code] ?? code.replaceAll("_", " "), ...(details && { details }) }],
  },
});

/** What a refusal of an older family says. */
export type ClassicError = {
  status: number;
  error: string;
  message: string;
  cause?: { code: number | string; description: string; data?: unknown }[] | null;
};

/** A refusal of the older families: `{message, error, status, cause}`. */
export const classicRefusal = ({ status, error, message, cause = [] }: ClassicError): Answer => ({
  status,
  body: { message, error, status, cause },
});

/** No or unknown token; the Orders API answers a flat body here, unlike its other errors. */
export const unauthorized = (family: Family, hasToken: boolean): Answer => {
  if (family === "orders")
    return {
      status: 401,
      body: {
        code: "unauthorized",
        message: hasToken ? "invalid access token" : "authorization value not present",
      },
    };
  return classicRefusal({
    status: 401,
    error: "unauthorized",
    message: hasToken ? "invalid access token" : "authorization value not present",
  });
};

/** Refusals that come before any operation, in the words of the family. */
export const earlyRefusal = (
  family: Family,
  code:
    | "empty_required_header"
    | "idempotency_key_already_used"
    | "resource_locked"
    | "json_syntax_error"
    | "internal_error"
    | "too_many_requests"
    | "resource_not_found",
  details?: string[],
): Answer =>
  family === "orders"
    ? orderRefusal(code, details)
    : classicRefusal({
        status: orderStatuses[code],
        error: code,
        message: orderMessages[code] ?? code.replaceAll("_", " "),
        cause: (details ?? []).map((description) => ({ code, description })),
      });

/** How an order stands, as far as money is concerned. */
export type Side = "waiting" | "served" | "over";

/** Which side of the till an order's status is on (product §3.1). */
export function sideOf(status: string): Side {
  if (status === "requested") return "waiting";
  return ["cancelled", "rejected", "refunded"].includes(status) ? "over" : "served";
}

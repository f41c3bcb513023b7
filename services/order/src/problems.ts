import { houseProblems, problemsOf } from "@comanda/service-kit";
import { catalogueProblems } from "./problems/catalogue.ts";
import { orderProblems } from "./problems/order.ts";
import { streamProblems } from "./problems/streams.ts";

/** Every refusal this service can answer, by stable code. */
export const problems = { ...houseProblems, ...catalogueProblems, ...orderProblems, ...streamProblems };

/** Makes one of them, to be thrown by a route. */
export const problem = problemsOf(problems);

import { houseProblems, problemsOf } from "@comanda/service-kit";
import { catalogueProblems } from "./problems/catalogue.ts";
import { orderProblems } from "./problems/order.ts";

/** Every refusal this service can answer, by stable code. */
export const problems = { ...houseProblems, ...catalogueProblems, ...orderProblems };

/** Makes one of them, to be thrown by a route. */
export const problem = problemsOf(problems);

import type { World } from "../world.ts";
import type { AddOperation } from "./operation.ts";
import { addPreferences } from "./preferences.ts";

/** Every family older than the Orders API. */
export const addClassicApi = (add: AddOperation, world: World): void => {
  addPreferences(add, world);
};
